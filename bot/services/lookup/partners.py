"""Finding a partner by typed words, and who may see which partner."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, true
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key, table
from bot.domain.normalisation import name_key
from bot.domain.search import search_by
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.identity import is_department
from bot.models import Contract, Organisation, Team
from bot.policy import RegisterPermission
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.unit_of_work import ActorContext, UnitOfWork

_contracts, _organisations = table(Contract), table(Organisation)


def _no_such_partner(typed: str, close: str | None) -> UserError:
    """What was typed is neither the key nor words of the name of a partner that the asker may see."""
    meant = f"Did you mean {close}?" if close else "To see them all, type /partner list; to add one, /partner new."
    return UserError(f"No partner of yours fits {quoted(typed)}. {meant}", field="partner")


def partners_to_contract(ctx: ActorContext) -> Sequence[Organisation]:
    """Every partner, by name, for a person who may add or change contracts. Raises `Denied`."""
    if not ctx.contracts_open_to(Permission.CHANGE):
        ctx.require_on_register(RegisterPermission.ADD_CONTRACTS)
    return _partners(ctx, true())


def partner_to_contract(ctx: ActorContext, typed: str) -> Organisation:
    """The partner for a contract. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _named(typed, partners_to_contract(ctx))


def open_to(ctx: ActorContext) -> ColumnElement[bool]:
    """The condition on an organisation that the actor may see it as a partner: all partners for a person who may change
    them, else the partners of their contracts; for a partner's person their own."""
    if not ctx.actor.is_department:
        return _organisations.c.id == ctx.actor.organisation_id
    if ctx.may_on_register(RegisterPermission.KEEP_PARTNERS):
        return true()
    return _organisations.c.id.in_(select(_contracts.c.partner_id).where(ctx.open_to(Permission.SEE)))


def partner_for(ctx: ActorContext, typed: str) -> Organisation:
    """The partner that the actor may see with this key, or whose name matches the words.

    Raises `UserError` or `AmbiguousMatch`.
    """
    return _named(typed, _partners(ctx, open_to(ctx)))


def partner_to_change(ctx: ActorContext, typed: str) -> Organisation:
    """The partner that matches the words, for a person who may change it.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    ctx.require_on_register(RegisterPermission.KEEP_PARTNERS)
    return partner_for(ctx, typed)


def partner_by_key(ctx: ActorContext, key: str) -> Organisation:
    """The partner that a form is about, for somebody who may change it. UserError, Denied."""
    ctx.require_on_register(RegisterPermission.KEEP_PARTNERS)
    found = by_key(ctx.session, Organisation, key)
    if found is None or found.kind.is_department:
        raise UserError("This partner is no longer in the record, so nothing was done. Type the command again.")
    return found


def teams_of(work: UnitOfWork, organisation: Organisation) -> Sequence[str]:
    """The Slack workspaces of an organisation."""
    statement = select(col(Team.slack)).where(col(Team.organisation_id) == organisation.id)
    return work.session.scalars(statement.order_by(col(Team.slack))).all()


def _partners(ctx: ActorContext, which: ColumnElement[bool]) -> Sequence[Organisation]:
    statement = select(Organisation).where(~is_department(), which)
    return ctx.session.scalars(statement.order_by(col(Organisation.name), col(Organisation.id))).all()


def _named(typed: str, among: Sequence[Organisation]) -> Organisation:
    whole = [each for each in among if name_key(each.name) == name_key(typed)]
    fitting = whole or search_by(typed, among, lambda each: each.key, lambda each: each.name)
    if len(fitting) > 1:
        raise AmbiguousMatch(typed, "partner", [Option(each.key, each.name, each.kind) for each in fitting])
    if not fitting:
        raise _no_such_partner(typed, nearest(typed, [each.name for each in among]))
    return fitting[0]
