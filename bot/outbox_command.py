"""`liaison outbox`: the messages that wait or were not sent, for the operator of Liaison."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from datetime import datetime
from typing import TypeVar

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import format_age, format_instant, plural
from bot.migrations import require_up_to_date
from bot.models import OutboxState
from bot.services.health import outbox_admin
from bot.services.health.outbox_admin import LISTED_AT_MOST, Queued
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
UNSETTLED = [state for state in OutboxState if state not in (OutboxState.SENT, OutboxState.DROPPED)]


def list_messages(states: Sequence[str]) -> None:
    """List the messages in these states; by default, those that wait and those that need a person."""
    wanted = [_state(named) for named in states] or UNSETTLED
    found = _work(Database.reading, lambda work: outbox_admin.list_messages(work, wanted))
    typer.echo(f"{plural(len(found), 'message')}:" if found else "There are no such messages.")
    for each in OutboxState:
        of_state = [queued for queued in found if queued.row.state is each]
        if of_state:
            typer.echo(f"\n{each.value.capitalize()} ({len(of_state)})")
        for queued in of_state:
            typer.echo(_line(queued))
    dropped = 0 if states else _work(Database.reading, outbox_admin.dropped_lately)
    if dropped:
        few = plural(dropped, "message")
        typer.echo(f"\nDropped in the last week, out of date or given up: {few}. See why with --state dropped.")
    if len(found) == LISTED_AT_MOST:
        typer.echo(f"\nThese are the oldest {LISTED_AT_MOST}. Ask for one state with --state to see others.")


def show_message(message: str) -> None:
    """Show one message whole."""
    queued = _work(Database.reading, lambda work: outbox_admin.show_message(work, message))
    row = queued.row
    facts = {
        "Message": f"{row.id}, {row.key}",
        "State": f"{row.state.value}, after {plural(row.attempts, 'try', 'tries')}"
        + (", may have been sent" if row.in_doubt and row.slack_ts is None else ""),
        "Channel": f"{row.channel}, for {row.audience.value} readers",
        "Enqueued": f"{format_instant(row.created_at)}, {format_age(queued.age)} ago",
        "Updates or answers": f"message {queued.waits_for}" if queued.waits_for else "",
        "Next try": format_instant(row.next_try_at) if row.settled_at is None else "",
        "Settled": format_instant(row.settled_at) if row.settled_at else "",
        "Stands at": f"{row.slack_channel} {row.slack_ts}" if row.slack_ts else "",
        "About": row.subject,
        "Out of date": format_instant(row.stale_at) if row.stale_at else "",
        "Because": row.why,
        "Reason": row.last_error,
        "Text": row.text,
    }
    for name, fact in facts.items():
        if fact:
            typer.echo(f"{name}: {fact}")
    typer.echo(f"Blocks: {json.dumps(row.blocks, ensure_ascii=False, indent=2)}")


def retry_message(message: str) -> None:
    """Try a dead or withheld message again."""
    row = _work(Database.writing, lambda work: outbox_admin.retry_message(work, message)).row
    typer.echo(f"Message {row.id} will be tried again with the next delivery.")
    if row.in_doubt:
        typer.echo("It may have been sent before: it is looked for in its channel first, and not sent twice.")


def retry_dead(channel: str | None, since: datetime | None) -> None:
    """Try every dead message again, or those for a channel, or that ended on this day or later."""
    day = None if since is None else since.date()
    retried = _work(Database.writing, lambda work: outbox_admin.retry_dead(work, channel=channel, since=day))
    if not retried:
        typer.echo("There are no such dead messages.")
        return
    typer.echo(f"{plural(retried, 'message')} will be tried again with the next deliveries.")


def drop_message(message: str, why: str) -> None:
    """Give up a message: it is never sent."""
    row = _work(Database.writing, lambda work: outbox_admin.drop_message(work, message, why)).row
    typer.echo(f"Message {row.id} was dropped and will not be sent.")


def _state(named: str) -> OutboxState:
    try:
        return OutboxState(named)
    except ValueError as error:
        raise typer.BadParameter(f"There is no state {named!r}. The states are {', '.join(OutboxState)}.") from error


def _work(opened: Callable[[Database], AbstractContextManager[Session]], unit: Callable[[UnitOfWork], T]) -> T:
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with opened(database) as session:
            return unit(UnitOfWork(session, SystemClock().now(), published(), Messages(), "outbox"))


def _line(queued: Queued) -> str:
    row = queued.row
    reason = f"\n      {row.last_error}" if row.last_error else ""
    return f"  {row.id}  {format_age(queued.age)}  {row.channel}  {row.key}\n      because {row.why}{reason}"
