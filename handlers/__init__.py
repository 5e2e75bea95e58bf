"""What people do in Slack, one module for each journey."""

from slack_bolt.async_app import AsyncApp

from handlers import (
    actions,
    choosing,
    contact_messages,
    contacts,
    contracts,
    digest,
    escalations,
    files,
    home,
    kept_forms,
    liaison,
    notices,
    nudges,
    partners,
    progress,
    risks,
)
from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Register every journey."""
    desk.on_choice(app, choosing.ACTION)
    actions.register(app, desk)
    contacts.register(app, desk)
    contact_messages.register(app, desk)
    contracts.register(app, desk)
    digest.register(app, desk)
    escalations.register(app, desk)
    files.register(app, desk)
    home.register(app, desk)
    kept_forms.register(app, desk)
    liaison.register(app, desk)
    notices.register(app, desk)
    nudges.register(app, desk)
    partners.register(app, desk)
    progress.register(app, desk)
    risks.register(app, desk)
