"""`make` takes the newest Python that fits and runs, or says in one sentence what it needs."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.builders import ROOT

FITS, IS_MISSING, IS_TOO_OLD = f'exec {sys.executable} "$@"', "exit 127", "exit 1"
SENTENCE = (
    "Liaison needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module: "
    "install one, or name it, as in make PYTHON=python3.12\n"
)


def made(folder: Path, pythons: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder of its own, on a machine that has these Pythons and no others."""
    make = shutil.which("make")
    assert make is not None
    (folder / "bin").mkdir()
    for name, does in pythons.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    for needed in ("requirements-dev.lock", "pyproject.toml"):
        (folder / needed).touch()
    environment = {"PATH": str(folder / "bin")}
    command = [make, *arguments, "install"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3.11": FITS, "python3.13": FITS, "python3.14": FITS, "python3": FITS}, "python3.14"),
        ({"python3.14": IS_MISSING, "python3.13": IS_MISSING, "python3.12": FITS, "python3": FITS}, "python3.12"),
        ({"python3.11": FITS, "python3": IS_TOO_OLD}, "python3.11"),
        ({"python3.13": IS_MISSING, "python3": FITS}, "python3"),
    ],
)
def test_the_newest_python_that_fits_and_runs_is_taken(tmp_path: Path, pythons: dict[str, str], taken: str) -> None:
    done = made(tmp_path, pythons, "--dry-run")
    assert f"\n{taken} -m venv .venv\n" in done.stdout, done.stderr


def test_the_python_that_is_named_is_taken(tmp_path: Path) -> None:
    done = made(tmp_path, {"python3.14": FITS, "python3.11": FITS}, "--dry-run", "PYTHON=python3.11")
    assert "\npython3.11 -m venv .venv\n" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("pythons", "arguments"),
    [
        ({}, []),
        ({"python3.12": IS_MISSING, "python3": IS_TOO_OLD}, []),
        ({"python3": FITS, "python3.10": IS_TOO_OLD}, ["PYTHON=python3.10"]),
    ],
)
def test_where_none_fits_one_sentence_says_what_is_needed(
    tmp_path: Path, pythons: dict[str, str], arguments: list[str]
) -> None:
    done = made(tmp_path, pythons, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(SENTENCE)
    assert re.fullmatch(r"make: \*\*\* .*\n", done.stderr.removeprefix(SENTENCE))
    assert done.stdout == ""
    assert not (tmp_path / ".venv").exists()


def test_what_is_said_of_python_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert project["requires-python"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info < (3, 15)" in makefile
    assert "You need Python 3.11, 3.12, 3.13 or 3.14," in (ROOT / "README.md").read_text(encoding="utf-8")
