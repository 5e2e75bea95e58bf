"""A simulation: the sample portfolio in the local workspace with a moved clock, and a transcript of its messages."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from sqlalchemy import select
from sqlmodel import Session, col

from bot.app import Liaison, build
from bot.clock import MovableClock
from bot.delivery.outbox import is_for_a_person
from bot.delivery.slack import Slack
from bot.demo import BEGINS, demo_settings, free_port, prepare, workspace_running
from bot.demo.answering import afternoons, colleagues
from bot.demo.clock_http import workspace_clock
from bot.demo.timeline import ClockReading, Timeline
from bot.domain.london import london
from bot.domain.slack_text import without_markup
from bot.domain.wording import WEEKDAYS, format_date, format_instant, format_time, join_words, plural
from bot.models import OutboxMessage, OutboxState
from jobs import JOBS

DIRECT = "a direct message"


@dataclass(frozen=True)
class TranscriptMessage:
    """A sent message: when, where, who sees it, and its text."""

    at: datetime
    channel: str
    seen_by: Sequence[str]
    text: str
    is_update: bool


async def simulate(span: timedelta, *, answering: bool = False) -> str:
    """The transcript of a span from the beginning of the demonstration, in Markdown. Equal spans give equal
    transcripts. Nobody answers, or everybody does what they are asked within a day or two."""
    with TemporaryDirectory(prefix="liaison-simulation-") as folder:
        workspace_port, bot_port = free_port(0), free_port(0)
        settings = demo_settings(Path(folder), workspace_port, bot_port)
        async with workspace_running(settings, workspace_port, bot_port) as ready:
            prepare(settings, Path(folder))
            clock = MovableClock(BEGINS)
            with contextlib.closing(build(settings, clock)) as liaison:
                await ready()
                until = BEGINS + span
                address = f"http://127.0.0.1:{workspace_port}"
                async with workspace_clock(f"{address}/control/clock") as tell, _serving(liaison, bot_port):
                    if answering:
                        async with httpx.AsyncClient(base_url=address, timeout=30) as workspace:
                            people = await colleagues(liaison, workspace)
                            for at in afternoons(BEGINS, until):
                                await _pass(liaison, clock, at, tell)
                                await people.answer(at)
                    await _pass(liaison, clock, until, tell)
                return transcript(await _sent_messages(liaison), until)


@contextlib.asynccontextmanager
async def _serving(liaison: Liaison, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(liaison.web(), host="127.0.0.1", port=port, log_config=None))
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def _pass(
    liaison: Liaison, clock: MovableClock, until: datetime, tell: Callable[[ClockReading], Awaitable[None]]
) -> None:
    """Move the clock to an instant, running every job at each of its instants on the way."""
    arrived = asyncio.Event()

    async def on_time(reading: ClockReading) -> None:
        await tell(reading)
        if reading.target is None and reading.now >= until:
            arrived.set()

    timeline = Timeline(clock, JOBS, liaison.runs, on_time)
    await timeline.move(until)
    passing, arriving = asyncio.create_task(timeline.run()), asyncio.create_task(arrived.wait())
    await asyncio.wait((passing, arriving), return_when=asyncio.FIRST_COMPLETED)
    arriving.cancel()
    await timeline.stop(passing)


async def _sent_messages(liaison: Liaison) -> list[TranscriptMessage]:
    def sent(session: Session) -> Sequence[OutboxMessage]:
        stands = select(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.SENT)
        return session.scalars(stands.order_by(col(OutboxMessage.settled_at), col(OutboxMessage.id))).all()

    rows = await liaison.database.read(sent)
    audience = _Audience(liaison.jobs.slack)
    return [
        TranscriptMessage(
            row.settled_at, *await audience.of(row.channel), without_markup(row.text, {}), row.replaces_id is not None
        )
        for row in rows
        if row.settled_at is not None
    ]


class _Audience:
    """The names of channels and of their members, each asked from the workspace once."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._channels: dict[str, tuple[str, Sequence[str]]] = {}
        self._names: dict[str, str] = {}

    async def of(self, channel: str) -> tuple[str, Sequence[str]]:
        """The name of a channel or person, and the names of everybody who reads its messages."""
        if is_for_a_person(channel):
            return DIRECT, [await self._name(channel)]
        if channel not in self._channels:
            facts = await self._slack.channel(channel)
            names = sorted([name for user in await self._slack.members(channel) if (name := await self._name(user))])
            self._channels[channel] = (f"#{facts.name}", names)
        return self._channels[channel]

    async def _name(self, user: str) -> str:
        if user not in self._names:
            identity = await self._slack.identity(user)
            self._names[user] = identity.name if identity.is_active_person else ""
        return self._names[user]


def transcript(messages: Sequence[TranscriptMessage], until: datetime) -> str:
    """The messages in Markdown, in order, grouped by day."""
    heading = f"From {format_instant(BEGINS)} to {format_instant(until)}: {plural(len(messages), 'message')}"
    return "\n".join([f"# {heading}", *_days(messages), *_counts(messages), ""])


def _counts(messages: Sequence[TranscriptMessage]) -> Iterator[str]:
    """How many new messages each person had directly, with the most on a day, and each channel; the most first."""
    new = [each for each in messages if not each.is_update]
    direct = [(each.seen_by[0], london(each.at).date()) for each in new if each.channel == DIRECT]
    by_person = Counter(person for person, _ in direct)
    on_a_day = Counter(direct)
    yield f"\n## {plural(len(direct), 'direct message')}, and {len(new) - len(direct)} in channels\n"
    yield from ("| direct messages to | in all | on one day, at most |", "|---|---|---|")
    for person, count in _most_first(by_person):
        yield f"| {person} | {count} | {max(n for (who, _), n in on_a_day.items() if who == person)} |"
    yield from ("\n| messages in | in all |", "|---|---|")
    for channel, count in _most_first(Counter(each.channel for each in new if each.channel != DIRECT)):
        yield f"| {channel} | {count} |"


def _most_first(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _days(messages: Sequence[TranscriptMessage]) -> Iterator[str]:
    for day, of_day in groupby(messages, key=lambda each: london(each.at).date()):
        yield f"\n## {WEEKDAYS[day.weekday()]} {format_date(day)}"
        for each in of_day:
            at = london(each.at)
            how = "updated in" if each.is_update else "in"
            yield f"\n**{_to_the_second(at)}**, {how} {each.channel}"
            yield f"(seen by {join_words(each.seen_by)})\n"
            yield "\n".join(f"> {line}" for line in each.text.splitlines())


def _to_the_second(at: datetime) -> str:
    """The time of day, with seconds if they are not zero."""
    return format_time(at.time()) + (f" and {plural(at.second, 'second')}" if at.second else "")
