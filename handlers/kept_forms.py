"""Forms that were not sent: what was typed is kept, and offered when the same person opens the same form again."""

from slack_bolt.async_app import AsyncApp

from bot.services import kept_forms
from bot.services.work import Act
from handlers.arrivals import Click, stamped
from handlers.desk import Desk
from handlers.filling import filled
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the two buttons of the offer."""
    desk.on_click(app, "kept_form_go_on", go_on)
    desk.on_click(app, "kept_form_begin_anew", begin_anew)


def go_on(act: Act, click: Click) -> Outcome:
    """The form with what was kept of it: what was changed since it was first opened crosses with that."""
    row = kept_forms.chosen(act, click.record_id)
    form = stamped(filled(row.view or {}, row.entered), row.since)
    return Outcome(form=form, in_place=True, keep=False)


def begin_anew(act: Act, click: Click) -> Outcome:
    """The form as it opens for everybody; what was kept of it is gone."""
    row = kept_forms.chosen(act, click.record_id)
    kept_forms.forget(act, row.form, row.subject)
    return Outcome(form=row.view, in_place=True)
