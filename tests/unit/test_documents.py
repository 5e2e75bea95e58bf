"""What the pages for people name is there: links, files, commands, jobs and settings."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.main import get_group

from bot.__main__ import cli
from jobs import JOBS
from tests.builders import ROOT

CODE = ("bot", "handlers", "jobs", "templates", "workspace", "tests", "benchmarks")
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *(path for folder in CODE for path in sorted((ROOT / folder).rglob("*.md"))),
]
README = ROOT / "README.md"
IGNORED = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
ENDINGS = (".py", ".md", ".toml", ".j2", ".json")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def links(text: str) -> list[str]:
    """The links to files, as they are written."""
    return [link for link in LINK.findall(FENCED.sub("", text)) if not re.match(r"[a-z]+:", link)]


def words_in_code(text: str) -> Iterator[str]:
    """Each word that stands in backticks."""
    for span in SPAN.findall(FENCED.sub("", text)):
        yield from span.split()


def paths(text: str) -> list[str]:
    """The words in backticks that look like a path of the repository."""
    return [
        word
        for word in words_in_code(text)
        if PATH.fullmatch(word)
        and ("/" in word or word.endswith(ENDINGS))
        and not is_ignored(word.partition("/")[0])
        and not re.fullmatch(r"[\d/]+", word)
    ]


def is_ignored(name: str) -> bool:
    """Whether it is no part of the repository: a command makes it."""
    return any(fnmatch(name, pattern) for pattern in IGNORED)


def commands(text: str, program: str) -> set[str]:
    """What follows a program's name where it is run: in backticks, or in a line that is set apart."""
    typed = SPAN.findall(FENCED.sub("", text))
    typed += [line for block in FENCED.findall(text) for line in block.splitlines()]
    found = [re.match(rf"(?:\.venv/bin/)?{program} ([a-z]+)", each) for each in typed]
    return {each[1] for each in found if each}


def test_there_are_pages_to_look_at() -> None:
    found = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert found >= {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/commands.md", "workspace/README.md"}


def test_what_looks_like_a_link_a_path_or_a_command_is_found() -> None:
    text = "[a](b/c.md), [d](https://e.org) `bot/app.py` `liaison import bot/x.yaml` `/risk list` `972/1000` `.demo/`"
    assert links(text) == ["b/c.md"]
    assert paths(text) == ["bot/app.py", "bot/x.yaml"]
    assert commands(f"{text} `.venv/bin/liaison work`", "liaison") == {"import", "work"}
    assert commands("make nothing of it\n```\nmake demo\n```\n", "make") == {"demo"}


@each_page
def test_every_link_points_at_something(page: Path) -> None:
    found = links(page.read_text(encoding="utf-8"))
    assert [link for link in found if not (page.parent / link.partition("#")[0]).exists()] == []


@each_page
def test_every_path_in_backticks_exists(page: Path) -> None:
    """From the top of the repository, or beside the page."""
    found = paths(page.read_text(encoding="utf-8"))
    assert [path for path in found if not ((ROOT / path).exists() or (page.parent / path).exists())] == []


@each_page
def test_every_command_that_is_run_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands(text, "make") - {*targets} == set()
    assert commands(text, "liaison") - {*get_group(cli).commands} == set()


def test_the_readme_names_every_folder_and_every_part_of_the_bot() -> None:
    folders = {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}
    parts = {f"bot/{path.parent.name}/" for path in (ROOT / "bot").glob("*/__init__.py")}
    named = {*words_in_code(README.read_text(encoding="utf-8"))}
    assert {each for each in folders | parts if not is_ignored(each.rstrip("/"))} - named == set()


def test_the_readme_names_every_job() -> None:
    text = README.read_text(encoding="utf-8")
    [jobs] = re.findall(r"The jobs are (.*?)\.", text, re.DOTALL)
    assert SPAN.findall(jobs) == [job.name for job in JOBS]


def test_this_version_has_its_entry_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    entries = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert entries[:2] == ["Unreleased", version]
