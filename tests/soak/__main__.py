"""`make soak`: every attack on both databases, or those that are named: python -m tests.soak kills locks --seed 7.

Each attack runs in a process of its own, which is ended with all that it started when it takes too long. At the end
stands a table: what was attacked, how often, and what held. The exit status is 1 if anything gave way.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, make_url

from tests.postgresql import postgresql_server
from tests.soak import away, bodies, kills, locks, requests
from tests.soak.outcome import FULL, SMALL, Attack, Outcome
from tests.soak.world import opened

ATTACKS: Mapping[str, Attack] = {
    "kills": kills.attack,
    "away": away.attack,
    "forged": requests.forged,
    "malformed": requests.malformed,
    "bodies": bodies.bodies,
    "locks": locks.attack,
    "bombs": bodies.bombs,
}
KINDS = ("sqlite", "postgresql")
LONGEST = 240.0  # seconds of one attack
ALL = 570.0  # seconds of all of them


@dataclass(frozen=True)
class Row:
    """An attack on a database, and what came of it."""

    name: str
    kind: str
    outcome: Outcome
    seconds: float


def main() -> None:
    """Run the attacks, on both databases at once, and print the table."""
    options = _options()
    if options.url:
        print(json.dumps(vars(run_one(options.attacks[0], options.url, options.seed, small=options.small))))
        return
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"The seed is {seed}: give it with --seed to do the same again.", flush=True)
    rows: list[Row] = []
    end = time.monotonic() + ALL
    with postgresql_server() as server, ThreadPoolExecutor(len(KINDS)) as pool:
        for name in options.attacks or ATTACKS:
            longest = min(LONGEST, end - time.monotonic())
            each = [pool.submit(in_a_process, name, kind, server, seed, longest, options.small) for kind in KINDS]
            rows += [one.result() for one in each]
            for row in rows[-len(KINDS) :]:
                print(
                    f"{row.name} on {row.kind}: {row.seconds:.0f} s", *row.outcome.gave_way[:3], sep="\n  ", flush=True
                )
    print_table(rows)
    raise SystemExit(any(row.outcome.gave_way for row in rows))


def run_one(name: str, url: str, seed: int, *, small: bool) -> Outcome:
    """One attack on one new database."""
    with tempfile.TemporaryDirectory() as folder, opened(url, Path(folder)) as world:
        try:
            return ATTACKS[name](world, Random(seed), SMALL if small else FULL)
        except Exception as error:  # whatever it is, it gave way
            log = world.log.read_text(encoding="utf-8")[-2000:] if world.log.exists() else ""
            return Outcome(gave_way=[f"{type(error).__name__}: {error}\n{log}"])


def print_table(rows: Sequence[Row]) -> None:
    """What was attacked, how often, and what held or gave way."""
    print(f"\n{'attack':11}{'database':12}{'times':>7}{'seconds':>9}  what came of it")
    for row in rows:
        gave_way = row.outcome.gave_way
        told = f"GAVE WAY ({len(gave_way)}): {gave_way[0]}" if gave_way else f"held: {row.outcome.held}"
        print(f"{row.name:11}{row.kind:12}{row.outcome.attempts:7,}{row.seconds:9.0f}  {told[:300]}")


def in_a_process(name: str, kind: str, server: str, seed: int, longest: float, small: bool) -> Row:
    """An attack on a new database of this kind, in a process that is ended, with all that it started, if it takes
    longer than so many seconds."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = _new_database(kind, server, Path(folder), f"soak_{name}")
        command = [sys.executable, "-m", "tests.soak", name, "--url", url, "--seed", str(seed), *["--small"][:small]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            try:
                said, _ = process.communicate(timeout=max(longest, 1))
                outcome = Outcome(**json.loads(said.splitlines()[-1]))
            except subprocess.TimeoutExpired:
                outcome = Outcome(gave_way=[f"it did not end within {longest:.0f} s"])
            except (IndexError, ValueError, TypeError):
                outcome = Outcome(gave_way=["the attack itself failed"])
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # the group of that process alone: what it has started
    return Row(name, kind, outcome, time.monotonic() - began)


def _new_database(kind: str, server: str, folder: Path, name: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'soak.db'}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'create database "{name}"')
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("attacks", nargs="*", choices=[*ATTACKS, []], help="which; all, if none is named")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--small", action="store_true", help="a small form of each")
    parser.add_argument("--url", help="one attack on this empty database alone, whose outcome is printed as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
