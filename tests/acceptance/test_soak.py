"""A small form of the attacks of `make soak` that no other test makes."""

from pathlib import Path
from random import Random

import pytest

from tests.conftest import KINDS, Templates
from tests.soak import kills
from tests.soak.__main__ import in_a_process
from tests.soak.outcome import SMALL, Outcome
from tests.soak.world import opened
from tests.written_logs import LOGS


@pytest.mark.parametrize("kind", KINDS)
def test_programs_that_are_killed_lose_nothing_and_say_nothing_twice(
    templates: Templates, tmp_path: Path, kind: str
) -> None:
    with opened(templates.unmigrated(kind), tmp_path) as world:
        outcome = kills.attack(world, Random(1), SMALL, mortal=("serve",))  # workers die in test_outages
        written = world.log.read_text(encoding="utf-8")
        LOGS.add(written)
        LOGS.secrets.add(world.settings.slack_signing_secret.get_secret_value())
    assert outcome.attempts
    assert outcome.gave_way == []
    for line in (
        "liaison serve] starts database=",
        "liaison serve] ready port=",
        "command /risk] answered kind=command",
    ):
        assert line in written


def test_an_attack_that_does_not_end_is_ended_and_gave_way() -> None:
    row = in_a_process("locks", "sqlite", "", seed=1, longest=1, small=True)
    assert row.outcome.gave_way == ["it did not end within 1 s"]
    assert row.seconds < 20


def test_what_gives_way_is_noted() -> None:
    outcome = Outcome()
    outcome.expect(True, "it holds")
    outcome.expect(False, "it does not")
    assert outcome.gave_way == ["it does not"]
