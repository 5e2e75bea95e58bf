"""What both sides are told of a visit and its findings: one message for the visit, one for its report with a message
for each finding in its thread, and news to whoever is to do something next."""

from bot.access import ContractRef
from bot.delivery.outbox import OutgoingMessage
from bot.models import Audience, RoleName
from bot.services.audits.audits import AuditCard
from bot.services.audits.findings import FindingCard, reported_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork


def place_of_partner(work: UnitOfWork, contract: ContractRef) -> str | None:
    """Where the partner of a contract is told something: its shared channel, or else its first contact."""
    shared = contract_lookup.channel_of(work.session, contract.id, Audience.SHARED)
    if shared is not None:
        return shared
    contact = contract_lookup.person_in_role(work.session, contract.id, work.today, RoleName.PARTNER_CONTACT)
    return contact.slack if contact else None


def told_key(card: AuditCard) -> str:
    """The key of the message that told the partner of a visit."""
    return f"audit-{card.row.id}-told"


def tell_of_visit(work: UnitOfWork, card: AuditCard) -> bool:
    """Tell the partner of a visit; returns whether anybody there can be told."""
    place = place_of_partner(work, card.contract)
    if place is None:
        return False
    message = work.messages.message("audits/told", facts=card.facts, contract=card.contract)
    why = f"a visit is planned on {card.contract.reference}"
    work.enqueue(OutgoingMessage(told_key(card), place, Audience.SHARED, message, why, card.contract.id))
    return True


def update_visit(work: UnitOfWork, card: AuditCard, news: str) -> None:
    """Bring the message about a visit up to date, and say below it what is new."""
    message, why = work.messages.message("audits/told", facts=card.facts, contract=card.contract), "it has changed"
    key = told_key(card)
    if work.replace(key, work.next_key(key), message, why):
        work.reply(key, work.next_key(key), work.messages.message("common/sentence", sentence=news), why)


def show_report(work: UnitOfWork, card: AuditCard) -> bool:
    """Post the report with its findings, or bring it up to date; returns whether the partner can see it here."""
    found = reported_of(work, card)
    message = work.messages.message("audits/report", facts=card.facts, contract=card.contract, findings=found)
    key, why = card.row.report_key, f"the report of {card.row.name} on {card.contract.reference}"
    if not work.replace(key, work.next_key(key), message, why):
        place = place_of_partner(work, card.contract)
        if place is None:
            return False
        work.enqueue(OutgoingMessage(key, place, Audience.SHARED, message, why, card.contract.id))
    for each in found:
        show_finding(work, each)
    return True


def show_finding(work: UnitOfWork, card: FindingCard) -> None:
    """Post a finding in the thread of its report, or bring its message up to date."""
    message = work.messages.message("audits/finding", card=card)
    key, why = card.row.key, f"a finding on {card.audit.contract.reference}"
    if not work.replace(key, work.next_key(key), message, why):
        work.reply(card.audit.row.report_key, key, message, why)


def answer_partner(work: UnitOfWork, card: FindingCard, sentence: str) -> None:
    """Tell the partner below its finding what the department decided; where no report was posted, by itself."""
    show_finding(work, card)
    key, why = work.next_key(card.row.key), f"something became of {card.row.reference}"
    message = work.messages.message("audits/news", sentence=sentence, finding=card, audit=None)
    place = place_of_partner(work, card.audit.contract)
    if not work.reply(card.row.key, key, message, why) and place is not None:
        work.enqueue(OutgoingMessage(key, place, Audience.SHARED, message, why, card.audit.contract.id))


def tell_lead(work: UnitOfWork, audit: AuditCard, sentence: str, finding: FindingCard | None = None) -> None:
    """Tell the lead what the partner did, with the button for what comes next."""
    message = work.messages.message("audits/news", sentence=sentence, finding=finding, audit=audit.facts)
    key, why = work.next_key(f"audit-{audit.row.id}-news"), f"you lead {audit.row.name} on {audit.contract.reference}"
    work.enqueue(OutgoingMessage(key, audit.lead.slack, Audience.INTERNAL, message, why, audit.contract.id))
