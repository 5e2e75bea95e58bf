"""The commands: one table for each, which dispatch, help, docs/commands.md and manifest.json follow.

After a change of a table run `WRITE_COMMANDS=1 .venv/bin/pytest tests/unit/test_commands.py`: it writes the page's
tables, the manifest's commands and `commands.txt` anew. That file says of each sub-command who may and whether it may
change the record: read what has changed in it.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, StaticPool, create_engine
from sqlmodel import Session, SQLModel

from bot.access import Permission
from bot.domain.references import COMMAND_WORDS
from bot.domain.wording import join_words
from bot.errors import UserError
from bot.identity import Actor
from bot.interactions.commands import Commands, CommandTable, Subcommand
from bot.interactions.payloads import Command
from bot.interactions.response import Handler, Response, reads
from bot.policy import RegisterPermission
from bot.services.pages.upcoming import Upcoming
from bot.services.unit_of_work import ActorContext
from handlers import COMMANDS
from tests.builders import CALENDAR, MESSAGES, MONDAY, ROOT

PAGE, MANIFEST, FACTS = ROOT / "docs" / "commands.md", ROOT / "manifest.json", Path(__file__).parent / "commands.txt"
WRITTEN = re.compile(r"(?<=\n## Each command\n).*?(?=\n## )", re.DOTALL)


def on_the_page(command: CommandTable) -> str:
    """What the page says of a command: what it is for, what can be typed, and what else helps."""
    rows = [f"| `{line.type}` | {line.does} |" for line in command.lines]
    notes = ["", *(f"- {note}" for note in command.notes)] if command.notes else []
    said = f"`{command.name}` {command.does}"
    return "\n".join(["", f"### {command.name}", "", said, "", "| command | does |", "|---|---|", *rows, *notes, ""])


def in_manifest(command: CommandTable) -> dict[str, Any]:
    return {
        "command": command.name,
        "url": "https://liaison.example/slack/events",
        "description": command.about,
        "usage_hint": command.hint,
        "should_escape": True,
    }


def in_the_facts(command: CommandTable) -> str:
    """What the file says of a command's rows: the words, who may, whether it may change the record, what it needs."""
    return "".join(
        f"{command.name} {', '.join(word or '(alone)' for word in (row.word, *row.also))}"
        f" | {row.who or 'everybody'} | {how(row.handler)} | {row.needs or 'nothing'}\n"
        for row in command.subcommands
    )


def how(handler: Handler[Any]) -> str:
    if handler.writes:
        return "writes"
    return "asks and writes" if handler.then_writes else "reads"


@pytest.fixture(scope="module", autouse=True)
def _update() -> None:
    """With WRITE_COMMANDS=1 the page's tables, the manifest's commands and the facts are written first."""
    if os.environ.get("WRITE_COMMANDS"):
        page = WRITTEN.sub(lambda _: "".join(map(on_the_page, COMMANDS)), PAGE.read_text(encoding="utf-8"), count=1)
        PAGE.write_text(page, encoding="utf-8")
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        manifest["features"]["slash_commands"] = [in_manifest(command) for command in COMMANDS]
        FACTS.write_text("".join(map(in_the_facts, COMMANDS)), encoding="utf-8")
        MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_the_page_has_every_line_of_every_command() -> None:
    found = WRITTEN.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == "".join(map(on_the_page, COMMANDS))


def test_the_manifest_has_every_command() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    assert manifest["features"]["slash_commands"] == [in_manifest(command) for command in COMMANDS]


def test_who_may_and_what_may_change_the_record_is_as_the_file_says() -> None:
    assert FACTS.read_text(encoding="utf-8") == "".join(map(in_the_facts, COMMANDS))


def test_no_new_contract_can_be_named_with_a_word_of_a_command() -> None:
    assert {word for command in COMMANDS for word in command.words} <= COMMAND_WORDS


def test_the_commands_are_in_the_order_of_their_names() -> None:
    assert [command.name for command in COMMANDS] == sorted({command.name for command in COMMANDS})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_what_slack_takes_and_needs_what_can_be_granted(command: CommandTable) -> None:
    """docs.slack.dev/reference/app-manifest: 32 characters for a command, 2,000 for a description."""
    assert re.fullmatch(r"/[a-z]{1,31}", command.name)
    assert 0 < len(command.about) <= 100
    assert 0 < len(command.hint) <= 100
    assert [line for line in command.lines if line.who not in {None, *Permission, *RegisterPermission}] == []
    assert [line for line in command.lines if not line.does or line.does.endswith(".")] == []
    assert command.does.endswith(".")


async def nothing_upcoming(_now: datetime, _until: datetime) -> Sequence[Upcoming]:
    return []


@cache
def nobody() -> Engine:
    """A database with nothing in it: an error looks for a contract of the actor's own, for its example."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    return engine


def answer(table: CommandTable, text: str) -> dict[str, Any]:
    """What a command answers to somebody."""
    actor = Actor(3, "U0AMIRA", "Amira Shah", 1, "Department for Opportunity", is_department=True, home="T0DEPT")
    typed = Command("command 1", actor.slack, actor.home, "1", table.name, text, "C0HELP")
    with Session(nobody()) as session:
        ctx = ActorContext(session, MONDAY, CALENDAR, MESSAGES, actor.slack, actor)
        return Commands([table], nothing_upcoming).handler_of(table, typed).handle(ctx, typed).ack


def naming_itself(row: Subcommand) -> Subcommand:
    """The row with a handler that answers with what the row does and with what was typed."""
    return replace(
        row, handler=reads(lambda _ctx, typed: Response(ack={"row": row.does, "word": typed.word, "rest": typed.rest}))
    )


def naming_rows(table: CommandTable) -> CommandTable:
    return replace(table, subcommands=[naming_itself(row) for row in table.subcommands])


ROWS = [
    pytest.param(table, row, id=f"{table.name} {row.word}".strip()) for table in COMMANDS for row in table.subcommands
]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_every_example_reaches_the_handler_of_its_own_row(table: CommandTable, row: Subcommand) -> None:
    typed = [(row.word, example) for example in (row.example, *row.more)]
    typed += [(word, row.example if word else "") for word in row.also]
    for word, rest in typed:
        assert answer(naming_rows(table), f"{word} {rest}") == {"row": row.does, "word": word, "rest": rest}
        assert answer(naming_rows(table), f" {word.upper()}  {rest} ")["row"] == row.does


@pytest.mark.parametrize(
    ("typed", "example"),
    [
        ("/liaison away", "/liaison away 15 February to 19 February"),
        ("/liaison holidays", "/liaison holidays add 15 June 2026 Scotland: World Cup"),
        ("/progress", "/progress report WP-NE starts=97.2 outcomes=88"),
        ("/action due", "/action due A-12 15 January"),
    ],
)
def test_the_example_of_an_error_is_of_the_word_that_was_typed(typed: str, example: str) -> None:
    name, _, word = typed.partition(" ")
    assert next(table for table in COMMANDS if table.name == name).example_after(word) == example


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_word_alone_is_refused_with_what_it_needs_if_it_needs_something(table: CommandTable, row: Subcommand) -> None:
    if not row.needs:
        assert answer(naming_rows(table), row.word)["rest"] == ""
        return
    with pytest.raises(UserError) as refused:
        answer(naming_rows(table), row.word)
    assert row.needs in refused.value.sentence


@pytest.mark.parametrize("table", COMMANDS, ids=lambda table: table.name)
def test_a_command_answers_itself_alone_and_each_word_that_it_names_to_one_that_it_does_not_know(
    table: CommandTable,
) -> None:
    assert table.row_of("")
    assert [word for word in table.words if word != "help" and not table.row_of(word)] == []
    with pytest.raises(UserError) as refused:
        answer(table, "zzzzzz")
    assert f"After {table.name} comes {join_words(table.words, 'or')}." in refused.value.sentence
    with pytest.raises(UserError) as refused:
        answer(table, f"{table.words[0]}z")
    assert f"Did you mean {table.name} {table.words[0]}?" in refused.value.sentence


@pytest.mark.parametrize("table", [each for each in COMMANDS if not each.row_of("help")], ids=lambda table: table.name)
def test_help_of_a_command_has_each_of_its_lines(table: CommandTable) -> None:
    shown = json.dumps(answer(table, "help")["blocks"], ensure_ascii=False)
    assert [line for line in table.lines if f"`{line.type}` {line.does}" not in shown] == []


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_what_may_change_the_record_is_offered_only_to_those_who_may_do_more_than_see(
    table: CommandTable, row: Subcommand
) -> None:
    assert not row.handler.writes or row.who not in (None, Permission.SEE), f"{table.name} {row.word}"


@pytest.mark.parametrize("who", [None, *Permission, *RegisterPermission])
def test_help_offers_a_line_to_those_who_have_its_permission(who: Permission | RegisterPermission | None) -> None:
    for table in COMMANDS:
        offered = table.lines_for(set() if who is None else {who})
        assert [line.type for line in offered] == [line.type for line in table.lines if line.who in (None, who)]
