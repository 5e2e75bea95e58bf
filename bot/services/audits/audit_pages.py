"""The pages of a visit and of a finding, and the list of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.audit_cycle import (
    REPORTED,
    SEEN_BY_PARTNER,
    AuditState,
)
from bot.domain.finding_cycle import UNSETTLED, FindingState
from bot.models import Audience, Audit, Contract, Finding, Person
from bot.services.audits.audits import AuditFacts, audience_of, audit_by_key, audit_for, facts_of
from bot.services.audits.findings import RECORDABLE, FindingCard, finding_by_key, finding_for, findings_of, reported_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

MOST_LISTED = 15
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class AuditPage:
    """A visit with its findings. `notes` are there for the department alone; `can_audit`, `can_answer`: what the
    reader may do."""

    facts: AuditFacts
    contract: ContractRef
    findings: Sequence[FindingCard]
    notes: str = ""
    can_audit: bool = False
    can_answer: bool = False

    @property
    def can_record(self) -> bool:
        """Whether findings can be recorded now, by the reader."""
        return self.can_audit and self.facts.state in RECORDABLE


@dataclass(frozen=True)
class FindingPage:
    """A finding, and what its reader may do with it."""

    card: FindingCard
    can_edit: bool
    can_change: bool
    can_check: bool


@dataclass(frozen=True)
class AuditLine:
    """A visit in a list, with its contract and the number of its findings, and of those that are not settled."""

    facts: AuditFacts
    contract: str
    findings: int
    unsettled: int


@dataclass(frozen=True)
class FindingLine:
    """A finding in a list: it is late if its day has passed, or the day of what one side owes next."""

    row: Finding
    contract: str
    is_late: bool


@dataclass(frozen=True)
class AuditList:
    """The open visits and findings of one contract, or (with None) of all that the reader may see."""

    contract: ContractRef | None
    audits: Sequence[AuditLine]
    findings: Sequence[FindingLine]
    more: int


def audit_page(ctx: ActorContext, typed: str) -> AuditPage:
    """The page of the visit that was typed. Raises `UserError` or `Denied`."""
    return _page(ctx, audit_for(ctx, typed, Permission.SEE, audience_of(ctx.actor)).row.public_id)


def audit_page_of_button(ctx: ActorContext, key: str) -> AuditPage:
    """The same by the key that a button carries."""
    return _page(ctx, key)


def _page(ctx: ActorContext, key: str) -> AuditPage:
    card = audit_by_key(ctx, key, Permission.SEE, audience_of(ctx.actor))
    inside = ctx.actor.is_department
    found = findings_of(ctx, card) if inside else reported_of(ctx, card) if card.row.state in REPORTED else []
    return AuditPage(
        facts_of(card.row, card.lead.name, inside=inside),
        card.contract,
        found,
        notes=card.row.notes if inside else "",
        can_audit=ctx.may(Permission.AUDIT, card.contract),
        can_answer=ctx.may(Permission.ANSWER_FINDINGS, card.contract, Audience.SHARED),
    )


def finding_page(ctx: ActorContext, typed: str) -> FindingPage:
    """The page of the finding that was typed. Raises `UserError` or `Denied`."""
    return _finding(ctx, finding_for(ctx, typed, Permission.SEE, audience_of(ctx.actor)))


def finding_page_of_button(ctx: ActorContext, key: str) -> FindingPage:
    """The same by the key that a button carries."""
    return _finding(ctx, finding_by_key(ctx, key, Permission.SEE, audience_of(ctx.actor)))


def _finding(ctx: ActorContext, card: FindingCard) -> FindingPage:
    can = ctx.may(Permission.AUDIT, card.audit.contract)
    waits = card.row.state is FindingState.DISPUTED or bool(card.to_verify)
    editable = card.row.state is FindingState.OPEN and card.audit.row.state in RECORDABLE
    return FindingPage(card, can and editable, can and bool(card.events), can and waits)


def audit_list(ctx: ActorContext, typed: str = "") -> AuditList:
    """The visits that are not over and the findings that are not settled, of a contract or of all. Raises `UserError`,
    `AmbiguousMatch` or `Denied`."""
    audience = audience_of(ctx.actor)
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, audience) if typed else None
    here = ctx.open_to(Permission.SEE, audience) if contract is None else col(Contract.id) == contract.id
    audits, findings = audit_lines(ctx, here), finding_lines(ctx, here)
    more = max(len(audits) - MOST_LISTED, 0) + max(len(findings) - MOST_LISTED, 0)
    return AuditList(contract, audits[:MOST_LISTED], findings[:MOST_LISTED], more)


def audit_lines(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[AuditLine]:
    """The visits on the contracts that satisfy a condition, which are not over or have unsettled findings, by their
    day. One query."""
    inside = ctx.actor.is_department
    seen = col(Audit.state) != AuditState.CANCELLED if inside else col(Audit.state).in_((*SEEN_BY_PARTNER, *REPORTED))
    unsettled = func.count(col(Finding.id)).filter(col(Finding.state).in_(UNSETTLED))
    shown = tuple(AuditState) if inside else REPORTED
    drafted = and_(col(Finding.state) == FindingState.WITHDRAWN, col(Finding.due_on).is_(None))
    counted = true() if inside else ~drafted
    rows = ctx.session.execute(
        select(Audit, col(Person.name), col(Contract.reference), func.count(col(Finding.id)), unsettled)
        .join(Contract, col(Contract.id) == col(Audit.contract_id))
        .join(Person, col(Person.id) == col(Audit.lead_id))
        .outerjoin(Finding, and_(col(Finding.audit_id) == col(Audit.id), col(Audit.state).in_(shown), counted))
        .where(contracts, ctx.open_to(Permission.SEE, audience_of(ctx.actor)), seen)
        .group_by(col(Audit.id), col(Person.name), col(Contract.reference))
        .order_by(col(Audit.day), col(Audit.id))
    )
    return [
        AuditLine(facts_of(row, lead, inside=inside), reference, number, left)
        for row, lead, reference, number, left in rows
        if left or row.final_on is None
    ]


def finding_lines(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[FindingLine]:
    """The findings that are not settled on the contracts that satisfy a condition, those that are due first. One
    query."""
    seen = true() if ctx.actor.is_department else col(Audit.state).in_(REPORTED)
    rows = ctx.session.execute(
        select(Finding, col(Contract.reference))
        .join(Audit, col(Audit.id) == col(Finding.audit_id))
        .join(Contract, col(Contract.id) == col(Finding.contract_id))
        .where(contracts, ctx.open_to(Permission.SEE, audience_of(ctx.actor)), seen)
        .where(col(Finding.state).in_(UNSETTLED))
        .order_by(col(Finding.id))
    )
    found = [FindingLine(row, reference, _is_late(row, ctx.today)) for row, reference in rows]
    return sorted(found, key=lambda line: line.row.next_on or line.row.due_on or date.max)


def _is_late(row: Finding, today: date) -> bool:
    return any(day is not None and day < today for day in (row.next_on, row.due_on))
