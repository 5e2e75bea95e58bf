"""The promises that the source code itself keeps: what may stand where, and how long a piece may be."""

import ast
import builtins
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.builders import ROOT
from workspace.blocks.rules import BLOCKS, ELEMENTS, VIEWS

OURS = ("bot", "handlers", "jobs")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
CLOCK_READERS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime",
}  # fmt: skip
# Names that modules had before the trade's words replaced them.
RIDDLES = {
    "desk", "afterwards", "arrivals", "attending", "vouching", "crossing", "several", "spells", "foresight", "said",
    "climbing", "windows", "explaining",
}  # fmt: skip
BLOCK_KIT_TYPES = {*BLOCKS, *ELEMENTS, *VIEWS, "plain_text", "mrkdwn", "raw_text"}
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys, threading
CHANGES = {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename"}
def watch(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if watching and (event in CHANGES or writes):
        print(event, args[0] if args else "")
watching = False
import slack_bolt.async_app, apscheduler.schedulers.asyncio, uvicorn, typer, alembic.command, sqlmodel, yaml
names = [m.name for p in ("bot", "handlers", "jobs")
         for m in pkgutil.walk_packages(importlib.import_module(p).__path__, f"{p}.")
         if not m.name.startswith("bot.migrations.")]
sys.addaudithook(watch)
watching = True
for name in names:
    importlib.import_module(name)
watching = False
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        print("thread", thread.name)
print("imported", len(names))
"""


def source_files(*folders: str) -> list[Path]:
    """The modules under some folders; migrations are as Alembic generated them."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Every node of a module, which is parsed once for all the promises."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module, with the module's path."""
    for path in source_files(*folders):
        for node in nodes_of(path):
            yield name_of(path), node


def dotted(node: ast.AST) -> str:
    """A name or a chain of attributes as it is written: datetime.now."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".removeprefix(".")
    return node.id if isinstance(node, ast.Name) else ""


def test_there_is_source_to_look_at() -> None:
    assert {name_of(path).split("/")[0] for path in source_files(*OURS, "workspace")} == {*OURS, "workspace"}
    assert len(source_files(*OURS, "workspace")) > 50


def test_one_place_commits() -> None:
    places = {place for place, node in nodes(*OURS) if isinstance(node, ast.Attribute) and node.attr == "commit"}
    assert places == {"bot/db.py"}


def test_an_error_has_a_class_of_its_own_only_where_somebody_catches_it() -> None:
    """Else it is one raise of a UserError with its sentence and field."""
    bases = {
        node.name: {dotted(base).rpartition(".")[2] for base in node.bases}
        for _, node in nodes(*OURS)
        if isinstance(node, ast.ClassDef)
    }
    errors = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    while found := {name for name, parents in bases.items() if parents & errors} - errors:
        errors |= found
    caught = {
        dotted(name).rpartition(".")[2]
        for _, node in nodes(*OURS)
        for asked in caught_by(node)
        for name in ast.walk(asked)
        if isinstance(name, ast.Name | ast.Attribute)
    }
    assert {"UserError", "Denied", "SlackFailure"} <= errors & bases.keys()
    assert (errors & bases.keys()) - caught == set()


def caught_by(node: ast.AST) -> list[ast.expr]:
    """The classes that a piece of code catches, or asks whether something is one of."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return [node.type]
    if isinstance(node, ast.MatchClass):
        return [node.cls]
    if isinstance(node, ast.Call) and dotted(node.func) in ("isinstance", "contextlib.suppress", "suppress"):
        return node.args[1:] if dotted(node.func) == "isinstance" else node.args
    return []


def test_only_the_settings_read_the_environment() -> None:
    """The demonstration may hand its environment on, whole, to the program that it starts."""
    handed_on, read = set(), set()
    for place, node in nodes(*OURS):
        if isinstance(node, ast.Dict):
            handed_on |= {id(value) for key, value in zip(node.keys, node.values, strict=True) if key is None}
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in ("os.environ", "os.getenv", "os.environb"):
            read.add((place, id(node) in handed_on))
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            read |= {(place, False) for name in node.names if "env" in name.name}
    assert read <= {("bot/config.py", False), ("bot/demo/__init__.py", True)}


def test_only_the_clock_reads_the_time() -> None:
    """Everybody else is given the time, so that every hour of every day can be tried."""
    places = {
        place
        for place, node in nodes(*OURS)
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCK_READERS
    }
    assert places == {"bot/clock.py"}


def test_only_who_puts_the_program_together_reads_the_published_calendar() -> None:
    """Everybody else is given the calendar, so that days an administrator adds count wherever days are counted."""
    places = set()
    for place, node in nodes(*OURS):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "govuk_bank_holidays":
            places.add(place)
        if isinstance(node, ast.ImportFrom) and node.module == "bot.domain.calendar":
            places |= {place for name in node.names if name.name in ("published", "*")}
        if isinstance(node, ast.Attribute) and node.attr == "published":
            places.add(place)
    assert places == {
        "bot/domain/bank_holidays.py",
        "bot/app.py",
        "bot/holidays_command.py",
        "bot/register_commands.py",
        "bot/outbox_command.py",
        "bot/person_command.py",
        "bot/retention_command.py",
        "bot/snapshot_command.py",
        "bot/trail_command.py",
        "bot/demo/__init__.py",
    }


def test_blocks_are_written_in_templates_alone() -> None:
    """A dict with a Block Kit type in Python is a block that a template should hold."""
    built = [
        f"{place}:{node.lineno}"
        for place, node in nodes(*OURS)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and key.value == "type"
        and isinstance(value, ast.Constant)
        and value.value in BLOCK_KIT_TYPES
    ]
    assert built == []


def test_nothing_of_slack_is_called_but_in_the_adapter() -> None:
    """Only the two adapters name methods of the Web API; everything else goes through them or the outbox."""
    calls = re.compile(r"(chat|conversations|views|users|reactions|files|pins|bookmarks)_[a-zA-Z_]+")
    places = {
        place
        for place, node in nodes(*OURS)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and calls.fullmatch(node.func.attr)
    }
    assert places == {"bot/delivery/slack.py", "bot/delivery/slack_messages.py"}


def test_no_two_public_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = {}
    for path in source_files(*OURS):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
                places.setdefault(each.name, []).append(name_of(path))
    assert "Contract" in places
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_module_has_a_name_that_needs_explaining() -> None:
    places = {name_of(path): set(Path(name_of(path)).with_suffix("").parts) for path in source_files(*OURS)}
    assert "router" in places["bot/interactions/router.py"]
    assert [name for name, parts in places.items() if parts & RIDDLES] == []


@pytest.mark.parametrize("path", source_files(*OURS, "workspace"), ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    too_long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_importing_a_module_does_nothing(tmp_path: Path) -> None:
    """In a process of its own, with no settings: no file, connection, process or thread is made."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-B", "-c", IMPORT_EVERYTHING],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    counted = re.fullmatch(r"imported (\d+)\n", done.stdout)
    assert counted, done.stdout
    assert int(counted[1]) > 40
    assert list(tmp_path.iterdir()) == []


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = {
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    }
    lines = re.findall(r'^  "([^"]+)",(.*)$', text, re.MULTILINE)
    commented = {name for name, rest in lines if re.fullmatch(r"\s+# \S.*", rest)}
    assert wanted - commented == set()
