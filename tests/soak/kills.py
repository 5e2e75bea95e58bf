"""The bot's programs die by SIGKILL at any point, while people type: what was acknowledged is in the record, once, and
each message is sent once."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpx
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import OutboxMessage, OutboxState, Risk, TrailEntry
from tests.soak.outcome import Outcome, Scale
from tests.soak.world import World, channel_of, new_trigger, reference_of, wait_for

CLIENTS, CONTRACTS = 4, 20
SETTLES_WITHIN = 100.0  # seconds: a minute's lease, and what is left
WAITING = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.FAILED)


@dataclass
class Typing:
    """People who type, each about contracts of their own, and who deliver again what was not answered, as Slack may."""

    world: World
    seed: int
    over: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def run(self, client: int) -> None:
        """Type until it is over."""
        luck = Random(f"{self.seed} {client}")
        number, has_one = 0, False  # a high one that was acknowledged
        while not self.over.is_set():
            title, number = f"Soak {client} {number}", number + 1
            contract = luck.randrange(client, CONTRACTS, CLIENTS)
            # The high ones are told of in the contract's channel: as many as Slack takes of them.
            how = "likely major" if not has_one or luck.random() < 0.008 else "likely minor"
            line = f'/risk raise {reference_of(contract)} "{title}" {how}'
            self.typed.append(title)
            trigger = new_trigger()
            for _ in range(2):
                answer = self.world.type(line, channel=channel_of(contract), trigger=trigger)
                if answer.status == 200 and "is raised" in answer.text:
                    self.acknowledged.append(title)
                    has_one = has_one or how == "likely major"
                    break
                time.sleep(luck.uniform(0, 0.4))  # as Slack delivers again, at no certain instant


def attack(world: World, luck: Random, scale: Scale, mortal: Sequence[str] = ("serve", "work")) -> Outcome:
    """Kill those that are mortal at random points, start them again, and look at what stands at the end."""
    outcome, typing = Outcome(), Typing(world, luck.randrange(10**6))
    running = {name: world.start(name) for name in ("serve", "work")}
    people = [threading.Thread(target=typing.run, args=(client,)) for client in range(CLIENTS)]
    for person in people:
        person.start()
    try:
        end = time.monotonic() + scale.seconds
        while time.monotonic() < end:
            time.sleep(luck.choice((luck.uniform(0, 0.1), luck.uniform(0.1, 2))))  # a random instant to kill
            name = luck.choice(mortal)
            world.end(running[name], signal.SIGKILL)
            running[name] = world.start(name)
            outcome.attempts += 1
    finally:
        typing.over.set()
        for person in people:
            person.join()
    settle(world, outcome)
    check_record(world, typing, outcome)
    sent = check_messages(world, outcome)
    outcome.held = f"{len(typing.acknowledged)} acts of {len(typing.typed)} acknowledged, {sent} messages sent"
    return outcome


def settle(world: World, outcome: Outcome) -> None:
    def waiting() -> list[str]:
        rows = world.read(lambda s: s.scalars(select(OutboxMessage).where(col(OutboxMessage.state).in_(WAITING))).all())
        return [f"{row.key} for {row.channel} ({row.state}, {row.last_error})" for row in rows]

    try:
        wait_for(lambda: not waiting(), SETTLES_WITHIN, "messages still wait")
    except TimeoutError:
        left = waiting()
        outcome.expect(not left, f"{len(left)} messages still wait: {left[:5]}")


def check_record(world: World, typing: Typing, outcome: Outcome) -> None:
    def risks(session: Session) -> tuple[Counter[str], int]:
        titles = Counter(session.scalars(select(col(Risk.title)).where(col(Risk.title).like("Soak %"))))
        audited = session.scalars(select(col(TrailEntry.id)).where(col(TrailEntry.action) == "risk raised")).all()
        return titles, len(audited)

    found, audited = world.read(risks)
    outcome.expect(bool(typing.acknowledged), "nothing was acknowledged")
    lost, more = set(typing.acknowledged) - set(found), [title for title, times in found.items() if times > 1]
    outcome.expect(not lost, f"acknowledged and not in the record: {sorted(lost)[:5]}")
    outcome.expect(not more, f"in the record more than once: {more[:5]}")
    outcome.expect(audited == found.total(), f"{found.total()} risks have {audited} entries in the audit")


def check_messages(world: World, outcome: Outcome) -> int:
    """Each message that is sent stands in the workspace once; how many. An update stands where the message does."""
    posted = select(OutboxMessage).where(col(OutboxMessage.replaces_id).is_(None))
    rows = world.read(lambda s: s.scalars(posted).all())
    sent = {row.key for row in rows if row.state is OutboxState.SENT}
    stands = standing(world, {row.slack_channel for row in rows if row.slack_channel})
    twice = [key for key, times in stands.items() if times > 1]
    outcome.expect(bool(sent), "no message was sent")
    outcome.expect(not twice, f"sent more than once: {twice[:5]}")
    outcome.expect(sent == set(stands), f"sent or standing, and not both: {sorted(sent ^ set(stands))[:5]}")
    return len(sent)


def standing(world: World, channels: set[str]) -> Counter[str]:
    """How often each of the bot's messages stands in these channels and their threads, by its key."""
    token = world.settings.slack_bot_token.get_secret_value()
    found: Counter[str] = Counter()
    with httpx.Client(base_url=world.settings.slack_api_url, headers={"Authorization": f"Bearer {token}"}) as client:
        for channel in sorted(channels):
            cursor = ""
            while True:
                about = {"channel": channel, "include_all_metadata": "true", "limit": "200", "cursor": cursor}
                answer = client.post("conversations.history", data=about).json()
                stand = list(answer["messages"])
                for each in answer["messages"]:
                    if each.get("reply_count"):
                        stand += client.post("conversations.replies", data={**about, "ts": each["ts"]}).json()[
                            "messages"
                        ][1:]
                found.update(each["metadata"]["event_payload"]["key"] for each in stand if "metadata" in each)
                cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
                if not cursor:
                    break
    return found
