"""How long many messages to people and channels take at Slack's own limits, by a clock that is moved."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from benchmarks.figures import Figure, Size, run_alone
from bot import demo
from bot.app import Liaison, build
from bot.clock import MovableClock
from bot.delivery import outbox
from bot.delivery.outbox import OutgoingMessage
from bot.domain.priorities import Priority
from bot.models import Audience, OutboxMessage, OutboxState
from bot.models import Channel as BoundChannel
from jobs import deliver, members, users
from workspace import Server, create_app, load_seed
from workspace import Settings as WorkspaceSettings
from workspace.state.seed import Channel, User

POSTED = 300  # a minute: Slack says "several hundred" of chat.postMessage, and the local workspace takes it at that
OPENED = 50  # a minute, of conversations.open
LONGEST = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Load:
    """So many messages, to people and channels in turn. The second one for every fifth of them is an escalation."""

    messages: int
    people: int
    channels: int

    @property
    def least(self) -> int:
        """The seconds that Slack's limits ask for: the first of each minute go at once."""
        return max((self.messages - 1) // POSTED, (self.people - 1) // OPENED) * 60


def measure(size: Size) -> list[Figure]:
    """Deliver them, check that each stands, and print the time beside the least that the limits allow."""
    many = size.of(Load(5000, 400, 100), Load(350, 30, 20))
    return [*_measured(Load(size.of(500, 310), 0, size.of(500, 310))), *_measured(many)]


def _measured(load: Load) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        sent = asyncio.run(_deliver(Path(folder), load))
    took = max((at for _, at in sent), default=0.0)
    urgent = max((at for priority, at in sent if priority is Priority.ESCALATION), default=0.0)
    named = f"delivery of {load.messages} messages to {load.people} people and {load.channels} channels"
    print(f"\n{named}: {len(sent)} sent, {took:.0f} s by the clock, the last escalation after {urgent:.0f} s")
    print(f"at least {load.least} s by Slack's limits, ratio {took / load.least:.2f}")
    ratio = took / load.least if len(sent) == load.messages else None
    return [Figure(f"{named}, of the least that Slack's limits allow", ratio, "times", 1.05)]


async def _deliver(folder: Path, load: Load) -> list[tuple[Priority, float]]:
    clock = MovableClock(demo.BEGINS)
    seed = load_seed(demo.HERE / "workspace.yaml")
    reader = seed.channels[0].members[:1]
    channels = tuple(Channel(f"C9B{n:04}", f"bench-{n}", reader, True, bot=True) for n in range(load.channels))
    people = tuple(User(f"U9B{n:04}", seed.app.team, f"bench.{n}", f"Bench {n}") for n in range(load.people))
    seed = replace(seed, channels=(*seed.channels, *channels), users=(*seed.users, *people))
    manifest = json.loads(demo.MANIFEST.read_text(encoding="utf-8"))
    ours = WorkspaceSettings(seed=seed, manifest=manifest, bot_url=None, now=clock.now)
    places = [*(each.id for each in people), *(each.id for each in channels)]
    with Server(create_app(ours)) as workspace:
        settings = demo.demo_settings(folder, 1, 1)  # neither is used
        demo.prepare(settings, folder)
        token = {"slack_bot_token": type(settings.slack_bot_token)(ours.bot_token)}
        settings = settings.model_copy(update={**token, "slack_api_url": f"{workspace.url}/api/"})
        with closing(build(settings, clock)) as liaison:
            await _get_known(liaison, clock, channels)
            began = clock.now()
            await liaison.database.write(lambda session: _enqueue(session, liaison, places, load, began))
            await _until_sent(liaison, clock)
            rows = await liaison.database.read(lambda session: _sent(session, began))
    return [(priority, (at - began).total_seconds()) for priority, at in rows]


async def _get_known(liaison: Liaison, clock: MovableClock, channels: Sequence[Channel]) -> None:
    """Bind the channels and let the jobs run that keep who is in the workspace and in its channels, as they do before
    somebody sends anything."""

    def bind(session: Session) -> None:
        bound = (BoundChannel(slack=each.id, audience=Audience.INTERNAL, created_at=clock.now()) for each in channels)
        session.add_all(bound)

    await liaison.database.write(bind)
    await users.run(liaison.jobs, clock.now())
    for _ in range(0, len(channels) + members.AT_ONCE, members.AT_ONCE):
        await members.run(liaison.jobs, clock.now())
        clock.advance(MINUTE)


def _enqueue(session: Session, liaison: Liaison, places: Sequence[str], load: Load, now: datetime) -> None:
    usual = liaison.router.messages.message("common/sentence", sentence="This is a message.")
    urgent = replace(usual, template="escalations/ping")
    for number in range(load.messages):
        place, turn = places[number % len(places)], number // len(places)
        is_urgent = turn == 1 and number % 5 == 0
        draft = OutgoingMessage(f"bench {number}", place, Audience.INTERNAL, urgent if is_urgent else usual, "measured")
        outbox.enqueue(session, draft, now)


async def _until_sent(liaison: Liaison, clock: MovableClock) -> None:
    """Run the jobs each second at which a message may be tried."""
    began = clock.now()
    while (due := await deliver.next_due(liaison.jobs, clock.now())) and clock.now() - began < LONGEST:
        clock.reach(max(due, clock.now() + timedelta(seconds=1)))
        await deliver.run(liaison.jobs, clock.now())


def _sent(session: Session, since: datetime) -> list[tuple[Priority, datetime]]:
    stands = select(col(OutboxMessage.priority), col(OutboxMessage.settled_at))
    ours = (col(OutboxMessage.state) == OutboxState.SENT, col(OutboxMessage.created_at) >= since)
    rows = session.execute(stands.where(*ours))
    return [(Priority(priority), at) for priority, at in rows if at is not None]


if __name__ == "__main__":
    run_alone("delivering", measure)
