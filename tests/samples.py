"""The sample portfolio: what its file says, once more, and in a register."""

from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from bot import demo
from bot.models import SlackUser
from bot.services.portfolio.applying import apply
from bot.services.portfolio.plan import Plan
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import Rows
from bot.services.unit_of_work import UnitOfWork
from bot.slack_users import read_user
from workspace import load_seed
from workspace.state.objects import user_json
from workspace.state.seed import User
from workspace.state.store import Store

SAMPLE = demo.SAMPLE
Sheets = dict[str, list[dict[str, Any]]]
"""What a portfolio says, before it is read: the rows of each sheet."""


def sample_sheets() -> Sheets:
    """The sample portfolio, for the caller to change."""
    return deepcopy(_sample())


def sample_rows() -> int:
    """How many rows the sample portfolio has."""
    return sum(map(len, _sample().values()))


@cache
def _sample() -> Sheets:
    sheets: Sheets = yaml.load(SAMPLE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return sheets


def of_contract(sheets: Sheets, sheet: str, reference: str) -> list[dict[str, Any]]:
    """The rows of one contract in a sheet."""
    return [row for row in sheets[sheet] if row["contract"] == reference]


def doubled(suffix: str = "2") -> Rows:
    """The sample's contracts once more, under other references and without their channels."""
    sheets = sample_sheets()
    del sheets["channels"]
    again = {
        sheet: [{**row, key: f"{row[key]}-{suffix}"} for row in rows for key in ("reference", "contract") if key in row]
        for sheet, rows in sheets.items()
    }
    return read_bytes("doubled.yaml", yaml.dump(again, Dumper=yaml.CSafeDumper).encode())


def imported(work: UnitOfWork, rows: Rows) -> Plan:
    """Import rows, as the command line does it."""
    made = plan(work, rows)
    apply(work, made)
    return made


def sample_users(seen_at: datetime) -> list[SlackUser]:
    """What the demonstration's workspace says of everybody in it, Liaison included."""
    seed = load_seed(demo.HERE / "workspace.yaml")
    bot = User(seed.app.bot_user_id, seed.app.team, "liaison", "Liaison", is_bot=True)
    store = Store(seed, bot, lambda: seen_at)
    return [read_user(user_json(store, user, email=True), seen_at) for user in store.users.values()]
