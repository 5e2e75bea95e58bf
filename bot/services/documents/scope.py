"""The contracts that a memo or policy is for, from what was typed: references, or all of a partner, a tier or the
portfolio."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.models import Contract
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners
from bot.services.unit_of_work import ActorContext

HOW = "Name contracts, for example WP-NE, DE-SW; or type partner Northgate, tier gold, or portfolio."


def contracts_named(ctx: ActorContext, typed: str) -> Sequence[ContractRef]:
    """The contracts that were typed, which the actor may change, each once, by reference.

    "partner", "tier" and "portfolio" mean those that have not ended. Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    word, _, rest = typed.strip().partition(" ")
    match word.casefold():
        case "":
            raise UserError(f"This does not say which contracts it is for. {HOW}")
        case "portfolio" | "everybody" | "all":
            found = [*_live(ctx)]
        case "partner":
            partner = partners.partner_for(ctx, rest)
            found = [each for each in _live(ctx) if each.partner_id == partner.id]
        case "tier":
            found = [*_live(ctx, rest.strip())]
        case _:
            parts = [part.strip() for part in typed.split(",") if part.strip()]
            found = [contract_lookup.contract_for(ctx, part, Permission.CHANGE) for part in parts]
    if not found:
        raise UserError(f"No contract that you manage and that has not ended fits {quoted(typed.strip())}. {HOW}")
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.reference)


def _live(ctx: ActorContext, tier: str = "") -> Sequence[ContractRef]:
    """The contracts that the actor may change and that have not ended, of a tier if it is given."""
    rows = ctx.session.execute(select(col(Contract.id), col(Contract.tier)).where(col(Contract.end_date) >= ctx.today))
    live = {key for key, its_tier in rows if not tier or its_tier.casefold() == tier.casefold()}
    return [each for each in ctx.contracts_open_to(Permission.CHANGE) if each.id in live]
