"""The seed says where it does not fit."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workspace.conftest import SEED
from workspace import load_seed, parse_seed


def test_reads_yaml(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(yaml.safe_dump(SEED))
    seed = load_seed(path)
    assert seed.app.team == "T0HOME"
    assert seed.channels[1].members == ("U0ALICE", "U0GINA")


@pytest.mark.parametrize(
    ("section", "row", "problem"),
    [
        ("users", {"id": "U1", "team": "T0HOME", "name": "x"}, "real_name"),
        ("users", {"id": "U1", "team": "T9", "name": "x", "real_name": "X"}, "users U1: no team T9"),
        ("users", {"id": "U0BOB", "team": "T0HOME", "name": "x", "real_name": "X"}, "U0BOB appears twice"),
        ("channels", {"id": "C1", "name": "x", "members": ["U9"]}, "channels C1: no user U9"),
        ("channels", {"id": "C1", "name": "x", "private": "yes"}, r"channels\[5\].private: expected true or false"),
        ("teams", {"id": "T1", "name": "x", "domain": "x", "colour": "red"}, r"teams\[2\]: unknown colour"),
        ("teams", "x", "expected a mapping"),
    ],
)
def test_says_what_is_wrong(section: str, row: object, problem: str) -> None:
    data: dict[str, Any] = copy.deepcopy(SEED)
    data[section].append(row)
    with pytest.raises(ValueError, match=problem):
        parse_seed(data)


def test_not_a_seed() -> None:
    with pytest.raises(ValueError, match="expected app"):
        parse_seed(["x"])
