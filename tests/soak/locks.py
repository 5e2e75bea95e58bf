"""Somebody else holds a lock for a minute, and eight people write to one row: what Slack reported as failed is not
carried out later, and everybody else goes on."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from random import Random

import psycopg
from sqlalchemy import make_url, select
from sqlmodel import col

from bot.models import Risk
from tests.soak.outcome import Outcome, Scale
from tests.soak.world import World, channel_of, reference_of

PEOPLE = 8


def attack(world: World, luck: Random, scale: Scale) -> Outcome:
    """Hold the lock while eight people raise risks about its contract, and others read, probe and write elsewhere."""
    outcome = Outcome()
    world.start("serve")
    outcome.expect("is raised" in world.type('/risk raise SO-000 "Before" likely minor').text, "nothing can be raised")
    done: list[str] = []
    failed: list[str] = []
    over = threading.Event()
    writers = [threading.Thread(target=_write, args=(world, n, over, done, failed)) for n in range(PEOPLE)]
    others = threading.Thread(target=_go_on, args=(world, luck, over, outcome))
    with _held(world):
        for each in (*writers, others):
            each.start()
        time.sleep(scale.lock)  # the attack: for so long nobody can write
        over.set()
        for each in (*writers, others):
            each.join()
    outcome.expect(not done, f"done behind a lock: {done[:3]}")
    outcome.expect(
        "is raised" in world.type('/risk raise SO-000 "Afterwards" likely minor').text, "nothing goes after it"
    )
    time.sleep(4)  # longer than Slack waits: what would be carried out late has been by now
    found = set(world.read(lambda s: s.scalars(select(col(Risk.title)).where(col(Risk.title).like("Behind %"))).all()))
    outcome.attempts = len(done) + len(failed)
    outcome.expect(not set(failed) & found, f"reported as failed and carried out: {sorted(set(failed) & found)[:3]}")
    outcome.expect(set(done) <= found, f"acknowledged and not there: {sorted(set(done) - found)[:3]}")
    together = _at_one_row(world)
    outcome.attempts += len(together)
    outcome.expect(all(together), f"{together.count(False)} of {len(together)} at one row were not done")
    outcome.held = f"{len(failed)} were told no in time and not done, {len(together)} at one row done"
    return outcome


def _write(world: World, person: int, over: threading.Event, done: list[str], failed: list[str]) -> None:
    number = 0
    while not over.is_set():
        title, number = f"Behind {person} {number}", number + 1
        answer = world.type(f'/risk raise SO-000 "{title}" likely minor', channel=channel_of(0))
        (done if answer.status == 200 and "is raised" in answer.text else failed).append(title)


def _go_on(world: World, luck: Random, over: threading.Event, outcome: Outcome) -> None:
    """Probes and readers, and on PostgreSQL who writes about another contract: on SQLite there is one writer."""
    apart = not world.settings.database_url.startswith("sqlite")
    number = 0
    while not over.wait(0.3):
        number += 1
        asked = {path: world.get(path) for path in ("/healthz", "/readyz")}
        asked["a reader"] = world.type(luck.choice(("/risk list", "/contract list", "/contract show WP-NE")))
        if apart:
            line = f'/risk raise {reference_of(1)} "Elsewhere {number}" likely minor'
            asked["a writer"] = written = world.type(line, channel=channel_of(1))
            outcome.expect("is raised" in written.text, f"another contract: {written.status} {written.text[:80]}")
        for what, answer in asked.items():
            outcome.expect(answer.status == 200, f"{what} got {answer.status}")


def _at_one_row(world: World) -> list[bool]:
    """Eight people raise a risk on one contract at the same time, ten times."""
    raised: list[bool] = []

    def write(person: int) -> None:
        for n in range(10):
            line = f'/risk raise SO-000 "Together {person} {n}" likely minor'
            raised.append("is raised" in world.type(line, channel=channel_of(0)).text)

    threads = [threading.Thread(target=write, args=(person,)) for person in range(PEOPLE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return raised


@contextmanager
def _held(world: World) -> Iterator[None]:
    """A lock of somebody else: of a contract's row, or on SQLite of the whole database."""
    url = make_url(world.settings.database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as foreign:
            foreign.execute("begin immediate")
            yield
            foreign.execute("rollback")
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(plain)) as foreign_connection:
        foreign_connection.execute("select * from contract where reference = 'SO-000' for update")
        yield
        foreign_connection.rollback()
