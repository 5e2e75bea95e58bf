"""Checking evidence: it is verified, and the certificate has a new period, or refused, and it is asked for again."""

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.certificate_cycle import CERTIFICATE, CertificateEvent
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import (
    Audience,
    CertificateEvidence,
    EvidenceDecision,
    EvidenceFile,
    Organisation,
    Person,
)
from bot.services import changes
from bot.services.certificates.certificates import audience_of, certificate_for, subject_of
from bot.services.certificates.evidence import GivenEvidence, update_question
from bot.services.given_files import StoredFile
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

LONGEST_REASON, LONGEST_WHY = 500, 300
_DECISIONS = {
    CertificateEvent.VERIFIED: EvidenceDecision.VERIFIED,
    CertificateEvent.REFUSED: EvidenceDecision.REFUSED,
}
DECISIONS = (CertificateEvent.VERIFIED, CertificateEvent.REFUSED)


def evidence_to_check(ctx: ActorContext, key: str) -> GivenEvidence:
    """The evidence that waits for a check of the certificate of a button. Raises `UserError` or `Denied`."""
    return _waiting(ctx, key)


def check(ctx: ActorContext, key: str, seen: str, event: CertificateEvent, reason: str) -> GivenEvidence:
    """Verify evidence, or refuse it with a reason; whoever gave it is told. `seen` is the key of the evidence that the
    actor saw: for other evidence nothing is done.

    Raises `UserError`, with its form field, or `Denied`.
    """
    given = _waiting(ctx, key, locked=True)
    row, certificate = given.evidence, given.card.certificate
    if row.public_id != seen:
        raise UserError("Other evidence came meanwhile, so nothing was done. Open the form again to see it.")
    if event not in _DECISIONS:
        raise UserError("Choose one of the list.", field="event")
    followed = CERTIFICATE.follow(certificate.state, event)
    if followed.needs_reason:
        row.reason = required_text(reason, what="why", at_most=LONGEST_REASON, field="reason")
    certificate.state = followed.to
    made = _start_period(ctx, given) if event is CertificateEvent.VERIFIED else None
    row.decision, row.decided_at, row.decided_by_id = _DECISIONS[event], ctx.now, ctx.actor.person_id
    subject = subject_of(given.card.contract, certificate)
    ctx.record(followed.in_history, subject, contract_id=row.contract_id, changes=made, why=row.reason[:LONGEST_WHY])
    ctx.session.flush()
    decided = GivenEvidence(given.card, row, given.given_by, decided_by=ctx.actor.name)
    update_question(ctx, decided)
    _tell_giver(ctx, decided)
    return decided


def file_of(ctx: ActorContext, key: str) -> StoredFile:
    """The file of the evidence of a button, for a person who may see its contract. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, CertificateEvidence, key)
    if row is None:
        raise UserError("This file is no longer in the record, so nothing was done.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(Permission.SEE, contract, audience_of(ctx.actor))
    kept = ctx.session.get(EvidenceFile, row.id)
    if kept is None:
        raise UserError("This evidence is a link, and has no file. Nothing was done.")
    return StoredFile(row.file_name, kept.content)


def _waiting(ctx: ActorContext, key: str, *, locked: bool = False) -> GivenEvidence:
    card = certificate_for(ctx, key, Permission.CHANGE, locked=locked)
    if card.waiting is None:
        raise UserError(
            f"No evidence of {card.certificate.name} waits for a check: it is {card.certificate.state}. "
            "Nothing was done."
        )
    return GivenEvidence(card, card.waiting, ctx.session.get_one(Person, card.waiting.given_by_id).name)


def _start_period(ctx: ActorContext, given: GivenEvidence) -> dict[str, list[str]]:
    """Make the period of the evidence that of the certificate; the changes say what was before."""
    row, certificate = given.evidence, given.card.certificate
    certificate.verified_by_id = ctx.actor.person_id
    copied = ("body", "number", "cover_pounds", "valid_from", "valid_to")
    return changes.apply(certificate, {**{each: getattr(row, each) for each in copied}, "verified_on": ctx.today})


def _tell_giver(ctx: ActorContext, given: GivenEvidence) -> None:
    giver, kind = ctx.session.execute(
        select(Person, col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id) == given.evidence.given_by_id)
    ).one()
    if giver.id == ctx.actor.person_id:
        return
    audience = Audience.INTERNAL if kind.is_department else Audience.SHARED
    message = ctx.messages.message("certificates/decided", given=given)
    key, why = f"{given.evidence.key}-told", "you gave evidence of a certificate"
    ctx.enqueue(OutgoingMessage(key, giver.slack, audience, message, why, given.evidence.contract_id))
