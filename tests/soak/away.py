"""Slack is away while people type: what they do is acknowledged and kept, and every message leaves once it is back."""

import signal
import threading
import time
from random import Random

from tests.soak.kills import CLIENTS, Typing, check_messages, check_record, settle
from tests.soak.outcome import Outcome, Scale
from tests.soak.world import World
from workspace import Control

KINDS = ("server_error", "drop_before", "drop_after", "ratelimited")
EVERYTHING = "*.*"  # the methods that the app calls, and not what Slack sends to it


def attack(world: World, luck: Random, scale: Scale) -> Outcome:
    """Fail every call of Slack in one way after another, end the worker once in the middle, and look at what stands."""
    outcome, typing = Outcome(), Typing(world, luck.randrange(10**6))
    world.start("serve")
    worker = world.start("work")
    people = [threading.Thread(target=typing.run, args=(client,)) for client in range(CLIENTS)]
    for person in people:
        person.start()
    with Control(world.workspace_url) as slack:
        end = time.monotonic() + scale.away
        killed_at = luck.uniform(0.2, 0.8) * scale.away
        while (left := end - time.monotonic()) > 0:
            slack.clear()
            slack.fault(luck.choice(KINDS), EVERYTHING, times=None, seconds=5)
            outcome.attempts += 1
            time.sleep(min(luck.uniform(0.5, 4), left))  # the outage: for so long it fails in this way
            if worker and scale.away - left > killed_at:
                world.end(worker, signal.SIGKILL)
                world.start("work")
                worker = 0
        slack.clear()
    typing.over.set()
    for person in people:
        person.join()
    settle(world, outcome)
    check_record(world, typing, outcome)
    sent = check_messages(world, outcome)
    unanswered = len(typing.typed) - len(typing.acknowledged)
    outcome.expect(not unanswered, f"{unanswered} of {len(typing.typed)} were not acknowledged while Slack was away")
    outcome.held = f"{len(typing.acknowledged)} acts acknowledged meanwhile, {sent} messages sent once Slack was back"
    return outcome
