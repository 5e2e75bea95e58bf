"""Evidence of a certificate: what a partner gives for the next period, as a file or a link."""

from dataclasses import dataclass
from datetime import date

from bot.access import Permission
from bot.db import insert
from bot.delivery.outbox import OutgoingMessage
from bot.domain.certificate_cycle import CERTIFICATE, CertificateEvent
from bot.domain.text_validation import optional_link
from bot.domain.wording import format_date, format_money
from bot.errors import UserError
from bot.models import Audience, CertificateEvidence, EvidenceDecision, EvidenceFile, Person, RoleName
from bot.records import CertificateRecord
from bot.services.certificates.certificates import CertificateCard, certificate_for, subject_of
from bot.services.given_files import GivenFile, described
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST_LINK = 500
CHECKERS = (RoleName.CONTRACT_MANAGER, RoleName.COMMERCIAL_LEAD, RoleName.HEAD)


@dataclass(frozen=True)
class EvidenceEntry:
    """What was entered for the next period: its issuer, number, cover and days, and perhaps a link to the document."""

    body: str
    number: str
    cover: int | None
    valid_from: date
    valid_to: date
    link: str = ""


@dataclass(frozen=True)
class GivenEvidence:
    """Evidence with its certificate, who gave it, and who checks it ("" if nobody can)."""

    card: CertificateCard
    evidence: CertificateEvidence
    given_by: str
    checker: str = ""
    decided_by: str = ""


def certificate_to_renew(ctx: ActorContext, key: str) -> CertificateCard:
    """The certificate of a button, for the actor to give evidence of. Raises `UserError` or `Denied`."""
    return certificate_for(ctx, key, Permission.GIVE_EVIDENCE, Audience.SHARED)


def entry_of(ctx: ActorContext, key: str, record: CertificateRecord, link: str, *, has_file: bool) -> EvidenceEntry:
    """What was entered in the form of a certificate, checked. Raises `UserError`, with its form field, or `Denied`."""
    card = certificate_to_renew(ctx, key)
    if record.valid_from is None or record.valid_to is None:
        raise UserError("Enter the first and the last day of the period.", field="valid_to")
    if record.valid_to < ctx.today:
        raise UserError(
            f"It ended on {format_date(record.valid_to)}. Give the evidence of one that is in force.", field="valid_to"
        )
    required = card.certificate.required_cover_pounds
    if required and record.cover is None:
        raise UserError(f"Enter the cover. At least {format_money(required)} is required.", field="cover")
    kept = optional_link(link, at_most=LONGEST_LINK, field="link")
    if not kept and not has_file:
        raise UserError("Attach the document, or give a link to it.", field="link")
    return EvidenceEntry(record.body, record.number, record.cover, record.valid_from, record.valid_to, kept)


def give(ctx: ActorContext, key: str, entry: EvidenceEntry, file: GivenFile | None) -> GivenEvidence:
    """Keep the evidence for the next period, in place of any that nobody has checked yet, and ask for the check.

    Raises `UserError`, with its form field, or `Denied`, for a file of somebody else's too.
    """
    card = certificate_for(ctx, key, Permission.GIVE_EVIDENCE, Audience.SHARED, locked=True)
    followed = CERTIFICATE.follow(card.certificate.state, CertificateEvent.SUBMITTED)
    row = CertificateEvidence(
        certificate_id=card.certificate.id,
        contract_id=card.contract.id,
        body=entry.body,
        number=entry.number,
        cover_pounds=entry.cover,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        link=entry.link,
        given_by_id=ctx.actor.person_id,
        given_at=ctx.now,
        **described(ctx, file),
    )
    if card.waiting is not None:
        _replace(ctx, card, card.waiting)
    card.certificate.state = followed.to
    ctx.add(row)
    if file is not None:
        insert(ctx.session, EvidenceFile, evidence_id=row.id, content=file.content)
    period = f"{format_date(row.valid_from)} to {format_date(row.valid_to)}"
    subject = subject_of(card.contract, card.certificate)
    ctx.record(followed.in_history, subject, contract_id=row.contract_id, changes={"evidence": ["nothing", period]})
    checker = contract_lookup.person_in_role(ctx.session, row.contract_id, ctx.today, *CHECKERS)
    given = GivenEvidence(
        CertificateCard(card.certificate, card.contract, row), row, ctx.actor.name, checker.name if checker else ""
    )
    if checker is not None:
        _ask_for_check(ctx, given, checker)
    return given


def _replace(ctx: ActorContext, card: CertificateCard, before: CertificateEvidence) -> None:
    """Put earlier evidence aside, of which nobody has decided, because other evidence came."""
    before.decision, before.decided_at, before.decided_by_id = EvidenceDecision.REPLACED, ctx.now, ctx.actor.person_id
    ctx.session.flush()
    update_question(ctx, GivenEvidence(card, before, _name(ctx, before.given_by_id), decided_by=ctx.actor.name))


def _ask_for_check(ctx: ActorContext, given: GivenEvidence, checker: Person) -> None:
    message = ctx.messages.message("certificates/evidence", given=given)
    why = "evidence of a certificate came"
    row = given.evidence
    ctx.enqueue(OutgoingMessage(row.key, checker.slack, Audience.INTERNAL, message, why, row.contract_id))


def update_question(work: UnitOfWork, given: GivenEvidence) -> None:
    """Update the message that asked for a check, now that it is decided."""
    message = work.messages.message("certificates/evidence", given=given)
    work.replace(given.evidence.key, f"{given.evidence.key}-decided", message, "the evidence was dealt with")


def _name(ctx: ActorContext, person_id: int) -> str:
    return ctx.session.get_one(Person, person_id).name
