"""Visits and audits: planning one, and finding one by its reference or its button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.db import by_key
from bot.domain.audit_cycle import REPORTED, AuditKind, AuditState, Opinion
from bot.domain.periods import Month
from bot.domain.references import number_of
from bot.domain.wording import quoted, with_capital
from bot.errors import UserError
from bot.identity import Actor
from bot.models import Audience, Audit, Contract, Person, Role
from bot.policy import DEPARTMENT, POLICY
from bot.records import AuditRecord
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

PLANNED = "audit planned"


@dataclass(frozen=True)
class AuditFacts:
    """A visit or audit as both sides may read it: without the notes of the department."""

    reference: str
    key: str
    name: str
    kind: AuditKind
    state: AuditState
    day: date
    due_on: date | None
    lead: str
    place: str
    areas: str
    scope: str
    team: str
    asked_day: date | None
    asked_why: str
    held_on: date | None
    opinion: Opinion | None
    summary: str
    final_on: date | None
    ended_why: str


@dataclass(frozen=True)
class AuditCard:
    """A visit or audit with its contract and its lead."""

    row: Audit
    contract: ContractRef
    lead: Person

    @property
    def facts(self) -> AuditFacts:
        """What both sides may read of it."""
        return facts_of(self.row, self.lead.name, inside=False)


def facts_of(row: Audit, lead: str, *, inside: bool) -> AuditFacts:
    """What may be read of a visit: what its report says is the department's alone until the partner has it."""
    same = AuditFacts.__dataclass_fields__.keys() - {"key", "lead"}
    said = {name: getattr(row, name) for name in same}
    if not inside and row.state not in REPORTED:
        said |= {"opinion": None, "summary": ""}
    return AuditFacts(**said, key=row.public_id, lead=lead)


def audience_of(actor: Actor) -> Audience:
    """As which reader somebody sees a contract."""
    return Audience.INTERNAL if actor.is_department else Audience.SHARED


def no_such(typed: str) -> UserError:
    """What was typed is no visit, audit or finding that the asker may see."""
    what = f"fits {quoted(typed)}" if typed else "is the one of this button"
    return UserError(f"No visit, audit or finding of your contracts {what}, so nothing was done. See /audit list.")


def audit_for(
    ctx: ActorContext, typed: str, action: Permission, audience: Audience = Audience.INTERNAL, *, locked: bool = False
) -> AuditCard:
    """The visit or audit of this reference (V-3), with which the actor may do this. Raises `UserError` or `Denied`."""
    row = ctx.session.get(Audit, number_of(typed, "V") or 0, with_for_update=locked)
    return _open_to(ctx, row, action, audience, typed)


def audit_by_key(
    ctx: ActorContext, key: str, action: Permission, audience: Audience = Audience.INTERNAL, *, locked: bool = False
) -> AuditCard:
    """The same by the key that a form or button carries."""
    return _open_to(ctx, by_key(ctx.session, Audit, key, locked=locked), action, audience, "")


def _open_to(ctx: ActorContext, row: Audit | None, action: Permission, audience: Audience, typed: str) -> AuditCard:
    card = None if row is None else card_of(ctx, row)
    if card is None or not may_see(ctx, card):
        raise no_such(typed)
    ctx.require(action, card.contract, audience)
    return card


def may_see(ctx: ActorContext, card: AuditCard) -> bool:
    """Whether the actor may know of it: a partner's person does not before they were told."""
    hidden = card.row.state in (AuditState.PLANNED, AuditState.CANCELLED) and not ctx.actor.is_department
    return not hidden and ctx.may(Permission.SEE, card.contract, audience_of(ctx.actor))


def card_of(work: UnitOfWork, row: Audit) -> AuditCard:
    """A visit or audit as it is now."""
    contract = contract_lookup.contract_facts(work.session, row.contract_id)
    return AuditCard(row, contract, work.session.get_one(Person, row.lead_id))


def contract_to_visit(ctx: ActorContext, typed: str) -> ContractRef:
    """The contract of which a visit is planned. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return contract_lookup.contract_for(ctx, typed, Permission.AUDIT)


def contract_of_form(ctx: ActorContext, key: str) -> ContractRef:
    """The contract of a form that plans a visit. Raises `UserError` or `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.AUDIT)


def leads(ctx: ActorContext, contract: ContractRef) -> Sequence[tuple[str, str]]:
    """Who can lead a visit on a contract: each with their Slack id, the actor first. Raises `Denied`."""
    ctx.require(Permission.AUDIT, contract)
    roles = POLICY[Permission.AUDIT, Audience.INTERNAL] & DEPARTMENT
    rows = ctx.session.execute(
        select(col(Person.name), col(Person.slack))
        .join(Role, col(Role.person_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == contract.id, col(Role.role).in_(roles), role_counts())
        .distinct()
    )
    return sorted(((name, slack) for name, slack in rows), key=lambda each: (each[1] != ctx.actor.slack, each))


def _name(ctx: ActorContext, contract: ContractRef, kind: AuditKind, day: date) -> str:
    """What a new one is called: its kind and its month, with a number if there is one already."""
    taken = set(ctx.session.scalars(select(col(Audit.name)).where(col(Audit.contract_id) == contract.id)))
    name = f"{with_capital(kind.value)}, {Month.of(day)}"
    numbered = (f"{name}, number {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def plan(ctx: ActorContext, record: AuditRecord) -> AuditCard:
    """Plan a visit or audit, and name it. Raises `UserError`, with its form field, or `Denied`."""
    contract = contract_lookup.contract_for(ctx, record.contract, Permission.AUDIT)
    if record.day < ctx.days.first:
        raise UserError("A visit is planned for today or a later day. Choose another one.", field="day")
    if record.lead not in {slack for _, slack in leads(ctx, contract)}:
        raise UserError("Choose somebody who works on this contract for the department.", field="lead")
    lead = ctx.session.scalars(select(Person).where(col(Person.slack) == record.lead)).one()
    entered = ("kind", "day", "place", "areas", "scope", "team", "notes")
    row = Audit(
        contract_id=contract.id,
        name=_name(ctx, contract, record.kind, record.day),
        lead_id=lead.id,
        due_on=record.day,
        **{field: getattr(record, field) for field in entered},
    )
    ctx.add(row)
    ctx.record(PLANNED, row.reference, contract_id=contract.id)
    return AuditCard(row, contract, lead)
