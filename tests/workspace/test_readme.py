"""What the README of the workspace shows is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import workspace
from workspace import parse_seed

HERE = Path(workspace.__file__).parent
README = (HERE / "README.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_seed_is_one() -> None:
    [seed] = map(yaml.safe_load, examples("yaml"))
    assert {user.id for user in parse_seed(seed).users} == {"U0ALICE", "U0TEMP", "U0GINA"}


@pytest.mark.parametrize("example", examples("python"))
def test_an_example_is_python(example: str) -> None:
    compile(example, "README.md", "exec")


def test_the_options_are_all_there_are() -> None:
    said = subprocess.run([sys.executable, "-m", "workspace", "--help"], capture_output=True, text=True, check=True)
    options = set(re.findall(r"--[a-z-]+", said.stdout))
    assert options - set(re.findall(r"--[a-z-]+", README)) == {"--help", "--host", "--port"}


def test_each_folder_has_its_line() -> None:
    folders = {path.parent.name for path in HERE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` \|", README, flags=re.MULTILINE)) == folders
