"""How long 500 messages to 500 channels take at Slack's own limits, by a clock that is moved."""

import asyncio
import json
import tempfile
from contextlib import closing
from dataclasses import replace
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
from bot.models import Audience, OutboxMessage, OutboxState
from jobs import deliver
from workspace import Server, create_app, load_seed
from workspace import Settings as WorkspaceSettings
from workspace.state.seed import Channel

POSTED = 300  # a minute: Slack says "several hundred" of chat.postMessage, and the local workspace takes it at that
LONGEST = timedelta(hours=1)


def measure(size: Size) -> list[Figure]:
    """Deliver them, check that each stands, and print the time beside the least that the limits allow."""
    messages = size.of(500, 310)
    with tempfile.TemporaryDirectory() as folder:
        took, sent = asyncio.run(_deliver(Path(folder), messages))
    ideal = (messages - 1) // POSTED * 60  # the first three hundred of each minute go at once
    print(f"\n{sent} of {messages} messages, each to a channel of its own: {took:.0f} s by the clock")
    print(f"at least {ideal} s by Slack's limits, ratio {took / ideal:.2f}")
    named = f"delivery of {messages} messages, of the least that Slack's limits allow"
    return [Figure(named, took / ideal if sent == messages else None, "times", 1.05)]


async def _deliver(folder: Path, messages: int) -> tuple[float, int]:
    clock = MovableClock(demo.BEGINS)
    seed = load_seed(demo.HERE / "workspace.yaml")
    member = seed.channels[0].members[:1]
    more = tuple(Channel(f"C9B{n:04}", f"bench-{n}", member, True, bot=True) for n in range(messages))
    manifest = json.loads(demo.MANIFEST.read_text(encoding="utf-8"))
    ours = WorkspaceSettings(
        seed=replace(seed, channels=(*seed.channels, *more)), manifest=manifest, bot_url=None, now=clock.now
    )
    with Server(create_app(ours)) as workspace:
        settings = demo.demo_settings(folder, 1, 1)  # neither is used
        demo.prepare(settings, folder)
        token = {"slack_bot_token": type(settings.slack_bot_token)(ours.bot_token)}
        settings = settings.model_copy(update={**token, "slack_api_url": f"{workspace.url}/api/"})
        with closing(build(settings, clock)) as liaison:
            await liaison.database.write(lambda session: _enqueue(session, liaison, more, clock.now()))
            await _until_sent(liaison, clock)
            rows = await liaison.database.read(_sent)
    return (max(rows) - demo.BEGINS).total_seconds(), len(rows)


def _enqueue(session: Session, liaison: Liaison, channels: tuple[Channel, ...], now: datetime) -> None:
    message = liaison.router.messages.message("common/sentence", sentence="This is a message.")
    for channel in channels:
        outbox.enqueue(
            session, OutgoingMessage(channel.id, channel.id, Audience.INTERNAL, message, "it is measured"), now
        )


async def _until_sent(liaison: Liaison, clock: MovableClock) -> None:
    """Run the job each second at which a message may be tried."""
    while (due := await deliver.next_due(liaison.jobs, clock.now())) and clock.now() - demo.BEGINS < LONGEST:
        clock.reach(max(due, clock.now() + timedelta(seconds=1)))
        await deliver.run(liaison.jobs, clock.now())


def _sent(session: Session) -> list[datetime]:
    stands = select(col(OutboxMessage.settled_at)).where(col(OutboxMessage.state) == OutboxState.SENT)
    return [at for at in session.scalars(stands) if at is not None]


if __name__ == "__main__":
    run_alone("delivering", measure)
