"""What a summary lists of what each side owes, for a person to choose what they say is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.access import Permission
from bot.errors import UserError
from bot.models import Audience
from bot.scopes import on_contract
from bot.services.due import due_lines, duties
from bot.services.due.open_items import open_items
from bot.services.due.selection import DueBetween
from bot.services.due.source import SOON
from bot.services.due.sources import SOURCES
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

MOST = 100  # options that Slack takes
OWED = tuple(source for source in SOURCES if duties.is_owed(source))


@dataclass(frozen=True)
class OwedChoice:
    """Something owed that the actor can settle: its contract, name and day. The key is what its form carries."""

    contract: str
    what: str
    on: date
    key: str


@dataclass(frozen=True)
class OwedChoices:
    """The first of them, the latest first; `more` do not fit."""

    choices: Sequence[OwedChoice]
    more: int


def owed_to_settle(ctx: ActorContext, contract_key: str) -> OwedChoices:
    """The milestones, deliverables and obligations that are late or due soon and that the actor can settle, on a
    contract, or on all of theirs without its key. A constant number of queries. Raises `UserError` if there are none,
    or `Denied`."""
    audience = Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED
    here = ctx.scope(Permission.SEE, audience)
    if contract_key:
        here &= on_contract(contract_lookup.contract_by_key(ctx, contract_key, Permission.SEE, audience).id)
    items = sorted(
        open_items(ctx, here, DueBetween(last=ctx.today + SOON), audience, OWED),
        key=lambda item: (item.due_on, item.contract_id, item.what),
    )
    lines = due_lines.lines(ctx, items)
    found = [
        OwedChoice(line.contract, item.what, item.due_on, line.key)
        for item, line in zip(items, lines, strict=True)
        if line.key
    ]
    if not found:
        raise UserError("Nothing that you can say is done is late or due in the next two weeks.")
    return OwedChoices(found[:MOST], max(len(found) - MOST, 0))
