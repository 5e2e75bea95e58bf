"""A received report: accepting, querying, verifying and overriding it; and replies in the thread of its prompt."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from bot.delivery.messages import Messages, View
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.interactions import error_responses, form_fields
from bot.interactions.payloads import Click, Event, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.interactions.written import is_a_reply
from bot.services.progress import earlier_report, report_decisions, report_replies
from bot.services.progress.reports import DueReport
from bot.services.unit_of_work import ActorContext


def register_decisions(router: Router) -> None:
    """Register the buttons and the form to accept or query a report."""
    router.on_click("report_accept", writes(accept))
    router.on_click("report_accept_here", writes(accept_here))
    router.on_click("report_query", reads(open_query))
    router.on_submit("report_query_form", writes(query))


def accept(ctx: ActorContext, click: Click) -> Response:
    """Accept the report of a message in the contract's channel; every message about it is updated."""
    report_decisions.accept(ctx, click.record_key, click.seen)
    return Response()


def accept_here(ctx: ActorContext, click: Click) -> Response:
    """Accept the report of a card that only its reader sees; the card is replaced."""
    card = report_decisions.accept(ctx, click.record_key, click.seen)
    return Response.says(ctx.messages.message("progress/report", card=card), in_place=True)


def open_query(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a query."""
    received = report_decisions.report_to_query(ctx, click.record_key, click.seen)
    return Response.opens(ctx.messages.view("progress/query_form", received=received))


def query(ctx: ActorContext, form: Submission) -> Response:
    """Send the query."""
    queried = report_decisions.query(ctx, form.record_key, form.seen, form_fields.text(form.values, "query"))
    return Response.shows(ctx.messages.view("progress/query_done", queried=queried))


def register_judging(router: Router) -> None:
    """Register the buttons and the forms to verify and override figures."""
    router.on_click("report_verify", reads(open_verify))
    router.on_submit("report_verify_form", writes(verify))
    router.on_click("report_override", reads(open_override))
    router.on_submit("report_override_form", writes(override))


def open_verify(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks which figures are verified."""
    received = report_decisions.report_to_verify(ctx, click.record_key, click.seen)
    return Response.opens(ctx.messages.view("progress/verify_form", received=received))


def verify(ctx: ActorContext, form: Submission) -> Response:
    """Mark the chosen figures as verified."""
    chosen = set(form_fields.text(form.values, "verified").split(","))
    received = report_decisions.verify(ctx, form.record_key, form.seen, chosen)
    return Response.shows(ctx.messages.view("progress/judged", received=received))


def open_override(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks for a rating and its reason."""
    received = report_decisions.report_to_judge(ctx, click.record_key, click.seen)
    return Response.opens(ctx.messages.view("progress/override_form", received=received))


def override(ctx: ActorContext, form: Submission) -> Response:
    """Set the rating."""
    kpi = form_fields.text(form.values, "kpi")
    rating = form_fields.choice(Rating, form.values, "rating")
    reason = form_fields.text(form.values, "reason")
    received = report_decisions.override(ctx, form.record_key, form.seen, kpi, rating, reason)
    return Response.shows(ctx.messages.view("progress/judged", received=received))


def register_thread(router: Router) -> None:
    """Register the thread and the buttons in it."""
    router.on_event(
        "message",
        writes(replied),
        explain=explain_in_thread,
        matters=is_in_a_channels_thread,
        concerns=is_about_a_report,
    )
    router.on_click("report_confirm", writes(confirm))
    router.on_click("report_correct", reads(correct))


def is_in_a_channels_thread(event: Event) -> bool:
    """Whether a person wrote the message in a channel's thread."""
    return is_a_reply(event) and event.about.get("channel_type") in ("channel", "group")


def is_about_a_report(session: Session, event: Event) -> bool:
    """Whether the thread belongs to a report, and the message says something about it."""
    return report_replies.is_about_a_report(session, *_written(event))


def replied(ctx: ActorContext, event: Event) -> Response:
    """Show the figures of a reply back."""
    report_replies.take_reply(ctx, *_written(event))
    return Response()


def confirm(ctx: ActorContext, click: Click) -> Response:
    """Record the figures that were shown back; the button's message is replaced."""
    report_replies.confirm(ctx, click.record_key, click.seen)
    return Response()


def correct(ctx: ActorContext, click: Click) -> Response:
    """Open the report's form, filled in with the figures that were read."""
    due, values = report_replies.to_correct(ctx, click.record_key, click.seen)
    return replace(Response.opens(form_view(ctx, due, values)), offers=False)


def form_view(ctx: ActorContext, due: DueReport, values: Mapping[str, str]) -> View:
    """The form of a report with these values in it, beside what was reported before."""
    return ctx.messages.view("progress/form", due=due, values=values, before=earlier_report.reported_before(ctx, due))


def explain_in_thread(messages: Messages, event: Event, error: UserError) -> Response:
    """Explain an error to somebody who wrote a figure; other talk gets no answer."""
    has_a_figure = any(character.isdigit() for character in event.about["text"])
    return error_responses.click_error(messages, event, error) if has_a_figure else Response()


def _written(event: Event) -> tuple[str, str, str]:
    return event.about["channel"], event.about["thread_ts"], event.about["text"]
