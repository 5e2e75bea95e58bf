"""What people type, pick and press, and what they might forge: taken from the product's own registry of commands and
from its templates, so that a new command or form is played with as soon as it is there."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from bot.interactions.commands import CommandTable
from handlers import COMMANDS
from tests.unit.renders import RENDERS
from workspace.blocks import interactive
from workspace.blocks.rules import options_of
from workspace.blocks.state import VALUE_FIELD, Raw, RawValues, is_many

Json = dict[str, Any]
REFERENCES = ("WP-NE", "HA-EW", "IT-CH", "ha-ew", "XX-XX", "WP-EN")
SUBJECTS = (*REFERENCES, "pathways", "assessments", "northgate", "casework", "work", "e", "“", "")
TYPED = ("97.2", "12,5", "0", "Agreed by Friday", "2027-01-11", "exit", "12500000", "")
RECORD = re.compile(r"\b([A-Z])-12\b")  # which record an example of the help names
DAYS = [str(date(2026, 12, 1) + timedelta(days=each)) for each in (0, 20, 33, 34, 45, 900)]


def lines_of(command: CommandTable) -> tuple[list[str], list[str]]:
    """The whole lines of a command's help; and each of its words alone and with a contract, and nonsense."""
    words = [f"{command.name} {word}{rest}" for word in command.words for rest in ("", " WP-NE")]
    return [line.type for line in command.lines], [*words, f"{command.name} zzz “"]


LINES = [lines_of(command) for command in COMMANDS]


@cache
def forms() -> list[Json]:
    """Every form that can be sent, as a template makes it."""
    return [made for made in _made() if "submit" in made]


@cache
def actions() -> list[str]:
    """Every action of a template that the app is told of."""
    return sorted(
        {
            element["action_id"]
            for made in _made()
            for block, element in interactive(made["blocks"])
            if block["type"] != "input" or block.get("dispatch_action")
        }
    )


def _made() -> list[Json]:
    return [render() for render in RENDERS if render.size != "largest"]


def line(luck: Random, own: str | None = None) -> str:
    """Something to type; every other time about one's own contract, where somebody has one."""
    whole, parts = luck.choice(LINES)
    typed = luck.choice(whole if luck.random() < 0.7 else parts)
    about = luck.choice(REFERENCES[:3] if luck.random() < 0.7 else SUBJECTS)
    typed = RECORD.sub(lambda found: f"{found[1]}-{luck.randrange(1, 25)}", typed)
    return typed.replace("WP-NE", own if own and luck.random() < 0.5 else about)


Keys = Mapping[str, Sequence[str]]
"""The keys of all records, by their table."""


def key_of_a_record(luck: Random, keys: Keys, about: str) -> str:
    """The key of any record, whoever may see it: half the time of the kind by which a button or form is called."""
    fitting = [table for table in keys if about.startswith(table)]
    table = luck.choice(fitting if fitting and luck.random() < 0.5 else sorted(keys))
    return luck.choice(keys[table])


def button_value(luck: Random, keys: Keys, action: str) -> str:
    """What a forged button may carry: a record's key, its number or reference, a page, a whole command."""
    key, number = key_of_a_record(luck, keys, action), str(luck.randrange(25))
    page, record = f"{luck.randrange(4)} {luck.choice(SUBJECTS)}", f"{luck.choice('ACR')}-{number}"
    seen = f"{key} {luck.randrange(3)}"
    kind = luck.choice(("kpi", "milestone", "obligation", "option", "memo"))
    return luck.choice(
        (
            f"{key} {kind}",
            f"{luck.randrange(4)} {kind} {key} ended",
            key,
            key,
            seen,
            number,
            record,
            page,
            luck.choice(REFERENCES),
            line(luck),
            line(luck),
            "",
            "9" * 30,
        )
    )


def metadata(luck: Random, keys: Keys, callback: str) -> str:
    """What a forged form may carry with it."""
    key, number = key_of_a_record(luck, keys, callback), str(luck.randrange(25))
    seen, record = f"{key} {luck.randrange(3)}", f"{luck.choice('ACR')}-{number}"
    return luck.choice((key, key, seen, number, record, luck.choice(REFERENCES), "", "{}", "1" * 30))


def fill_in(blocks: list[Json], begun: RawValues, people: list[str], luck: Random) -> RawValues:
    """Values for the fields of a form: half the time only for those that must be filled in and are not, and such as
    will do; else for most of them, and whatever is of the right kind."""
    careful = luck.random() < 0.5
    values: RawValues = {}
    for block, element in interactive(blocks):
        if element["type"] not in VALUE_FIELD:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        stands = begun.get(block_id, {}).get(action_id)
        # Who the partner of a contract is decides whose its words are, so that stays.
        skipped = (stands or block.get("optional")) if careful else luck.random() < 0.2
        if not skipped and not (stands and block_id == "partner"):
            does = careful and VALUE_FIELD[element["type"]] == "value"
            values.setdefault(block_id, {})[action_id] = "97" if does else _entry(element, people, luck)
    return values


def _entry(element: Json, people: list[str], luck: Random) -> Raw:
    kind = element["type"]
    options = [each["value"] for each in options_of(element)]
    if is_many(element):
        pool = people if "users" in kind else options
        return luck.sample(pool, min(len(pool), luck.randrange(3)))
    if options:
        return str(luck.choice(options))
    if kind == "users_select":
        return luck.choice(people)
    if kind == "datepicker":
        return luck.choice(DAYS)
    return luck.choice(TYPED) if VALUE_FIELD[kind] == "value" else None


def forged_state(blocks: list[Json], people: list[str], luck: Random) -> Json:
    """`state.values` of a form, in which what was picked need not have been on offer."""
    values = fill_in(blocks, {}, people, luck)
    state: Json = {}
    for block, element in interactive(blocks):
        name = VALUE_FIELD.get(element["type"])
        if name is None:
            continue
        raw = values.get(block["block_id"], {}).get(element["action_id"])
        if name == "selected_option":
            raw = luck.choice((raw, luck.choice(REFERENCES)))
        state.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": element["type"],
            name: _shown(name, raw),
        }
    return state


def _shown(name: str, raw: Raw) -> object:
    if name == "selected_option":
        return {"value": raw} if raw else None
    return [{"value": each} for each in raw or ()] if name == "selected_options" else raw
