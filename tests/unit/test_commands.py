"""The commands: one registry, which help, docs/commands.md and manifest.json tell of in the same words.

After a change of templates/commands.yaml run `WRITE_COMMANDS=1 .venv/bin/pytest tests/unit/test_commands.py`: it writes
the page's tables and the manifest's commands anew.
"""

import json
import os
import re
from typing import Any

import pytest

from bot.access import Permission, RegisterPermission
from bot.commands import CommandHelp
from tests.builders import MESSAGES, ROOT

COMMANDS = sorted(MESSAGES.commands.values(), key=lambda command: command.name)
PAGE, MANIFEST = ROOT / "docs" / "commands.md", ROOT / "manifest.json"
WRITTEN = re.compile(r"(?<=\n## Each command\n).*?(?=\n## )", re.DOTALL)


def on_the_page(command: CommandHelp) -> str:
    """What the page says of a command: what it is for, what can be typed, and what else helps."""
    rows = [f"| `{line.type}` | {line.does} |" for line in command.lines]
    notes = ["", *(f"- {note}" for note in command.notes)] if command.notes else []
    said = f"`{command.name}` {command.does}"
    return "\n".join(["", f"### {command.name}", "", said, "", "| command | does |", "|---|---|", *rows, *notes, ""])


def in_manifest(command: CommandHelp) -> dict[str, Any]:
    return {
        "command": command.name,
        "url": "https://liaison.example/slack/events",
        "description": command.about,
        "usage_hint": command.hint,
        "should_escape": False,
    }


@pytest.fixture(scope="module", autouse=True)
def _update() -> None:
    """With WRITE_COMMANDS=1 the page's tables and the manifest's commands are written first."""
    if os.environ.get("WRITE_COMMANDS"):
        page = WRITTEN.sub(lambda _: "".join(map(on_the_page, COMMANDS)), PAGE.read_text(encoding="utf-8"), count=1)
        PAGE.write_text(page, encoding="utf-8")
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        manifest["features"]["slash_commands"] = [in_manifest(command) for command in COMMANDS]
        MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_the_page_has_every_line_of_every_command() -> None:
    found = WRITTEN.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == "".join(map(on_the_page, COMMANDS))


def test_the_manifest_has_every_command() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    assert manifest["features"]["slash_commands"] == [in_manifest(command) for command in COMMANDS]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_what_slack_takes_and_needs_what_can_be_granted(command: CommandHelp) -> None:
    """docs.slack.dev/reference/app-manifest: 32 characters for a command, 2,000 for a description."""
    assert re.fullmatch(r"/[a-z]{1,31}", command.name)
    assert 0 < len(command.about) <= 100
    assert 0 < len(command.hint) <= 100
    grants = {"", *Permission, *RegisterPermission}
    assert [line for line in command.lines if line.needs not in grants] == []
    assert [line.type for line in command.lines if not line.type.startswith(command.name)] == []
    assert command.does.endswith(".")
