"""Verifying the figures of a report, and overriding a rating."""

from slack_bolt.async_app import AsyncApp

from bot.domain.ratings import Rating
from bot.domain.references import number_claimed
from bot.services.progress import judgements
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the buttons and the forms."""
    desk.on_click(app, "report_verify", open_verify)
    desk.on_submit(app, "report_verify_form", verify)
    desk.on_click(app, "report_override", open_override)
    desk.on_submit(app, "report_override_form", override)


def open_verify(act: Act, click: Click) -> Outcome:
    """Open the form that asks which figures are verified."""
    received = judgements.report_to_verify(act, *_seen(click.value))
    return Outcome.opens(act.messages.view("report_verify_form", received=received))


def verify(act: Act, form: Submission) -> Outcome:
    """Mark them."""
    chosen = {number_claimed(each) for each in fields.text(form.values, "verified").split(",")}
    received = judgements.verify(act, *_seen(form.metadata), chosen)
    return Outcome.shows(act.messages.view("report_judged", received=received))


def open_override(act: Act, click: Click) -> Outcome:
    """Open the form that asks for a rating and its reason."""
    received = judgements.report_to_judge(act, *_seen(click.value))
    return Outcome.opens(act.messages.view("report_override_form", received=received, ratings=list(Rating)))


def override(act: Act, form: Submission) -> Outcome:
    """Set it."""
    kpi = number_claimed(fields.text(form.values, "kpi"))
    rating = fields.choice(Rating, form.values, "rating")
    reason = fields.text(form.values, "reason")
    received = judgements.override(act, *_seen(form.metadata), kpi, rating, reason)
    return Outcome.shows(act.messages.view("report_judged", received=received))


def _seen(carried: str) -> tuple[int, str]:
    """The report that a button or form names, and when the figures came that were seen."""
    number, _, came = carried.partition(" ")
    return number_claimed(number), came
