"""Accepting a report, and querying it."""

from slack_bolt.async_app import AsyncApp

from bot.domain.references import number_claimed
from bot.services.progress import report_decisions
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the buttons and the form."""
    desk.on_click(app, "report_accept", accept)
    desk.on_click(app, "report_accept_here", accept_here)
    desk.on_click(app, "report_query", open_query)
    desk.on_submit(app, "report_query_form", query)


def accept(act: Act, click: Click) -> Outcome:
    """Accept the report of a message in the contract's channel; every message about it is updated."""
    report_decisions.accept(act, *_seen(click.value))
    return Outcome()


def accept_here(act: Act, click: Click) -> Outcome:
    """Accept the report of a card that only its reader sees: the card says so in its place."""
    card = report_decisions.accept(act, *_seen(click.value))
    return Outcome.says(act.messages.message("report_card", card=card), in_place=True, keep=True)


def open_query(act: Act, click: Click) -> Outcome:
    """Open the form for what is to be asked."""
    received = report_decisions.report_to_query(act, *_seen(click.value))
    return Outcome.opens(act.messages.view("report_query_form", received=received))


def query(act: Act, form: Submission) -> Outcome:
    """Ask it."""
    queried = report_decisions.query(act, *_seen(form.metadata), fields.text(form.values, "query"))
    return Outcome.shows(act.messages.view("report_query_done", queried=queried))


def _seen(carried: str) -> tuple[int, str]:
    """The report that a button or form names, and the state in which it was seen."""
    number, _, version = carried.partition(" ")
    return number_claimed(number), version
