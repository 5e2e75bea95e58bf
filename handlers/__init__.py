"""The actions of people in Slack, one module for each part of the service."""

from slack_bolt.async_app import AsyncApp

from bot.interactions import disambiguation
from bot.interactions.router import Router
from handlers import (
    actions,
    audits,
    contact_messages,
    contacts,
    contract_options,
    contracts,
    digest,
    document_threads,
    documents,
    drafts,
    escalations,
    files,
    holidays,
    home,
    liaison,
    memos,
    money,
    partner_lists,
    partners,
    policies,
    progress,
    remedies,
    reminders,
    risks,
    slack_events,
    specification,
)

COMMANDS = (
    actions.COMMAND,
    audits.COMMAND,
    contacts.COMMAND,
    contracts.COMMAND,
    digest.COMMAND,
    liaison.COMMAND,
    memos.COMMAND,
    money.COMMAND,
    partners.COMMAND,
    policies.COMMAND,
    progress.COMMAND,
    remedies.COMMAND,
    risks.COMMAND,
)


def register(app: AsyncApp, router: Router) -> None:
    """Register every handler."""
    for table in router.commands.tables:
        router.on_command(app, table)
    router.on_choice(app, disambiguation.ACTION)
    actions.register(app, router)
    audits.register(app, router)
    contacts.register(app, router)
    contact_messages.register(app, router)
    contract_options.register(app, router)
    contracts.register(app, router)
    documents.register(app, router)
    document_threads.register(app, router)
    escalations.register(app, router)
    files.register(app, router)
    holidays.register(app, router)
    home.register(app, router)
    drafts.register(app, router)
    money.register(app, router)
    liaison.register(app, router)
    slack_events.register(app, router)
    reminders.register(app, router)
    partners.register(app, router)
    partner_lists.register(app, router)
    policies.register(app, router)
    progress.register(app, router)
    remedies.register(app, router)
    risks.register(app, router)
    specification.register(app, router)
    router.on_unknown(app)
