"""The certificates of a contract: listing them, adding one, and changing what is required or known of one."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from bot import access, policy
from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.certificate_cycle import CERTIFICATE, CertificateEvent, CertificateState
from bot.domain.normalisation import name_key
from bot.errors import UserError
from bot.identity import Actor
from bot.models import Audience, Certificate, CertificateEvidence, Contract, RoleName
from bot.records import CertificateRecord
from bot.services import changes, edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

CHANGED = "certificate changed"
MOST_LISTED = 15


@dataclass(frozen=True)
class CertificateCard:
    """A certificate with its contract. `waiting` is the evidence that is to be checked, None for none."""

    certificate: Certificate
    contract: ContractRef
    waiting: CertificateEvidence | None = None
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class CertificateLine:
    """A certificate in a list, with what the reader can do. `has_lapsed`: its period is over; `file_key` names the
    evidence whose file can be had, "" for none."""

    certificate: Certificate
    contract: str
    waiting: CertificateEvidence | None
    has_lapsed: bool
    can_give: bool
    can_check: bool
    file_key: str = ""


@dataclass(frozen=True)
class CertificateList:
    """The certificates of one contract, or (with None) of all that the reader may see, those that end first; and how
    many more there are."""

    contract: ContractRef | None
    lines: Sequence[CertificateLine]
    more: int
    can_add: bool


def list_certificates(ctx: ActorContext, typed: str = "") -> CertificateList:
    """The certificates of a contract that the actor may see, or of all of them. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    if not typed:
        found = lines(ctx, ctx.open_to(Permission.SEE, audience_of(ctx.actor)))
        return CertificateList(None, found[:MOST_LISTED], max(len(found) - MOST_LISTED, 0), can_add=False)
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, audience_of(ctx.actor))
    found = lines(ctx, col(Contract.id) == contract.id)
    more = max(len(found) - MOST_LISTED, 0)
    return CertificateList(contract, found[:MOST_LISTED], more, ctx.may(Permission.CHANGE, contract))


def lines(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[CertificateLine]:
    """The certificates on the contracts that satisfy a condition and that the actor may see, those that end first. Two
    queries."""
    evidence = CertificateEvidence
    rows = ctx.session.execute(
        select(Certificate, Contract, evidence)
        .join(Contract, col(Contract.id) == col(Certificate.contract_id))
        .outerjoin(evidence, _waits())
        .where(contracts, ctx.open_to(Permission.SEE, audience_of(ctx.actor)))
        .order_by(col(Contract.reference), col(Certificate.name))
    )
    found = rows.all()
    roles = access.roles_on_each(ctx.session, ctx.actor, {contract.id for _, contract, _ in found}, ctx.today)
    made = [_line(ctx, row, contract, waiting, roles[contract.id]) for row, contract, waiting in found]
    return sorted(made, key=lambda line: line.certificate.due_on or date.max)


def audience_of(actor: Actor) -> Audience:
    """As which reader somebody sees a contract."""
    return Audience.INTERNAL if actor.is_department else Audience.SHARED


def certificate_to_change(ctx: ActorContext, key: str) -> CertificateCard:
    """The certificate of a button, for the actor to change. Raises `UserError` or `Denied`."""
    return certificate_for(ctx, key, Permission.CHANGE)


def contract_to_add_to(ctx: ActorContext, typed: str) -> ContractRef:
    """The contract that gets a certificate. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return contract_lookup.contract_for(ctx, typed, Permission.CHANGE)


def contract_of_form(ctx: ActorContext, key: str) -> ContractRef:
    """The contract of a form that adds a certificate. Raises `UserError` or `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)


def add_certificate(ctx: ActorContext, record: CertificateRecord, *, seen: bool) -> CertificateCard:
    """Add a certificate; `seen`: the actor has seen the evidence of the period.

    Raises `UserError`, with its form field, or `Denied`.
    """
    contract = contract_lookup.contract_for(ctx, record.contract, Permission.CHANGE)
    _check_name(ctx, contract.id, record.name)
    row = Certificate(contract_id=contract.id, **_columns(record))
    _note_seen(ctx, row, seen=seen)
    ctx.add(row)
    ctx.record("certificate added", subject_of(contract, row), contract_id=contract.id)
    return CertificateCard(row, contract)


def change_certificate(ctx: ActorContext, key: str, record: CertificateRecord, *, seen: bool) -> CertificateCard:
    """Change what is required or known of a certificate. Raises `UserError`, `Denied` or `EditConflict`."""
    card = certificate_for(ctx, key, Permission.CHANGE, locked=True)
    row = card.certificate
    edit_conflicts.check(ctx, subject_of(card.contract, row), CHANGED, *CERTIFICATE.history_of(*CertificateEvent))
    if name_key(record.name) != name_key(row.name):
        _check_name(ctx, row.contract_id, record.name)
    subject = subject_of(card.contract, row)
    made = changes.apply(row, _columns(record))
    if _note_seen(ctx, row, seen=seen):
        made["verified"] = ["no", "yes"]
    if made:
        ctx.record(CHANGED, subject, contract_id=row.contract_id, changes=made)
    ctx.session.flush()
    return CertificateCard(row, card.contract, card.waiting, list(made))


def certificate_for(
    ctx: ActorContext,
    key: str,
    action: Permission,
    audience: Audience = Audience.INTERNAL,
    *,
    locked: bool = False,
) -> CertificateCard:
    """The certificate of a button or form, with which the actor may do this. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, Certificate, key, locked=locked)
    if row is None:
        raise UserError("This certificate is no longer in the record, so nothing was done. Open the list again.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(action, contract, audience)
    waiting = ctx.session.scalar(select(CertificateEvidence).join(Certificate, _waits()).where(_is(row)))
    return CertificateCard(row, contract, waiting)


def subject_of(contract: ContractRef, row: Certificate) -> str:
    """What the audit trail calls a certificate."""
    return f"{contract.reference}, {row.name}"


def _is(row: Certificate) -> ColumnElement[bool]:
    return col(Certificate.id) == row.id


def _waits() -> ColumnElement[bool]:
    """The condition on evidence that it is to be checked for a certificate."""
    return and_(
        col(CertificateEvidence.certificate_id) == col(Certificate.id),
        col(CertificateEvidence.decided_at).is_(None),
        col(Certificate.state) == CertificateState.SUBMITTED,
    )


def _line(
    ctx: ActorContext,
    row: Certificate,
    contract: Contract,
    waiting: CertificateEvidence | None,
    roles: Set[RoleName],
) -> CertificateLine:
    def may(action: Permission, audience: Audience) -> bool:
        return policy.may(ctx.actor, roles, contract.partner_id, action, audience)

    return CertificateLine(
        row,
        contract.reference,
        waiting,
        has_lapsed=row.valid_to is not None and row.valid_to < ctx.today,
        can_give=may(Permission.GIVE_EVIDENCE, Audience.SHARED),
        can_check=may(Permission.CHANGE, Audience.INTERNAL),
        file_key=waiting.public_id if waiting and waiting.has_file else "",
    )


def _check_name(ctx: ActorContext, contract_id: int, name: str) -> None:
    names = ctx.session.scalars(select(col(Certificate.name)).where(col(Certificate.contract_id) == contract_id))
    if name_key(name) in {name_key(each) for each in names}:
        raise UserError(
            "The contract has a certificate of this name. Choose another name, or change that one.", field="name"
        )


def _note_seen(ctx: ActorContext, row: Certificate, *, seen: bool) -> bool:
    """Verify a certificate whose evidence the actor has seen outside Slack; returns whether that was news."""
    if not seen or row.state is not CertificateState.AWAITED:
        return False
    row.state = CERTIFICATE.follow(row.state, CertificateEvent.VERIFIED).to
    row.verified_on, row.verified_by_id = ctx.today, ctx.actor.person_id
    return True


def _columns(record: CertificateRecord) -> dict[str, Any]:
    """The fields of the form as columns of the table."""
    names = [field.name for field in CertificateRecord.form_fields() if field.name != "contract"]
    return {CertificateRecord.column(name): getattr(record, name) for name in names}
