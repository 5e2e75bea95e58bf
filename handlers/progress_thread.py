"""Reporting by replies in the thread of a report's prompt: what was read is shown back, to confirm or to correct."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp
from sqlmodel import Session

from bot.domain.references import number_claimed
from bot.errors import UserError
from bot.messages import Messages
from bot.services.progress import replies
from bot.services.work import Act
from handlers import explaining
from handlers.arrivals import Click, Event
from handlers.desk import Desk
from handlers.outcome import Outcome

WRITTEN = (None, "file_share", "thread_broadcast")  # the subtypes of what a person wrote


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the thread and the buttons in it."""
    desk.on_event(app, "message", replied, explain=in_the_thread, matters=is_a_reply, concerns=is_about_a_report)
    desk.on_click(app, "report_confirm", confirm)
    desk.on_click(app, "report_correct", correct)


def is_a_reply(event: Event) -> bool:
    """Whether a person wrote it in a channel's thread."""
    about = event.about
    written = about.get("subtype") in WRITTEN and not about.get("bot_id") and bool(about.get("text"))
    in_thread = about.get("thread_ts", about.get("ts")) != about.get("ts")
    return written and in_thread and about.get("channel_type") in ("channel", "group")


def is_about_a_report(session: Session, event: Event) -> bool:
    """Whether the thread is a report's, and what was written in it about the report."""
    return replies.is_about_a_report(session, *_written(event))


def replied(act: Act, event: Event) -> Outcome:
    """Show back what was read."""
    replies.take_reply(act, *_written(event))
    return Outcome()


def confirm(act: Act, click: Click) -> Outcome:
    """Record what was shown; the message of the button says so in its place."""
    replies.confirm(act, *_seen(click))
    return Outcome()


def correct(act: Act, click: Click) -> Outcome:
    """Open the report's form with what was read filled in."""
    due, values = replies.to_correct(act, *_seen(click))
    form = act.messages.view("report_form", due=due, values=values)
    return replace(Outcome.opens(form), offers=False)


def in_the_thread(messages: Messages, event: Event, error: UserError) -> Outcome:
    """What went wrong, for who wrote a figure; talk without one is not answered."""
    has_a_figure = any(character.isdigit() for character in event.about["text"])
    return explaining.of_click(messages, event, error) if has_a_figure else Outcome()


def _written(event: Event) -> tuple[str, str, str]:
    return event.about["channel"], event.about["thread_ts"], event.about["text"]


def _seen(click: Click) -> tuple[int, str]:
    """The report that a button names, and what was read when it was shown."""
    number, _, version = click.value.partition(" ")
    return number_claimed(number), version
