"""What an import does not take back: decisions on options, plans and certificates that somebody recorded in Slack.

A file that people keep and import again is older than those decisions, and knows nothing of them.
"""

from datetime import date

from bot.domain.calendar import extended
from bot.domain.option_cycle import OPTION, Decision
from bot.records import CertificateRecord, ContractRecord, OptionRecord, PlanRecord
from bot.services.portfolio.column_mapping import Register


def option(row: OptionRecord, before: OptionRecord | None) -> dict[str, object]:
    """An option that was decided on stays so for a file that calls it open."""
    if before is None or row.decision not in OPTION.open_states or before.decision in OPTION.open_states:
        return {}
    known = ("decision", "decided", "decided_by", "reason")
    return {name: getattr(before, name) for name in known}


def plan_or_certificate(
    row: PlanRecord | CertificateRecord, before: PlanRecord | CertificateRecord | None
) -> dict[str, object]:
    """What a file does not change of a plan or a certificate."""
    if isinstance(row, PlanRecord):
        return _plan(row, before) if isinstance(before, PlanRecord) else {}
    return _certificate(row, before) if isinstance(before, CertificateRecord) else {}


def _plan(row: PlanRecord, before: PlanRecord) -> dict[str, object]:
    """A plan whose status changed on a day keeps it, for a file that does not say since when it is another."""
    if before.since is None or (row.since is not None and row.since >= before.since):
        return {}
    known = ("status", "reason", "received", "since", "due")
    return {name: getattr(before, name) for name in known}


def _certificate(row: CertificateRecord, before: CertificateRecord) -> dict[str, object]:
    """A certificate keeps the period that was verified, for a file that was verified before, or that ends before with
    no later verification."""
    if before.verified is None:
        return {}
    is_older = row.verified is not None and row.verified < before.verified
    ends_before = before.valid_to is not None and (row.valid_to is None or row.valid_to < before.valid_to)
    if not is_older and not (ends_before and row.verified == before.verified):
        return {}
    known = ("body", "number", "cover", "valid_from", "valid_to", "verified", "verified_by")
    return {name: getattr(before, name) for name in known}


def contract(row: ContractRecord, before: ContractRecord | None, register: Register) -> dict[str, object]:
    """The end that options taken in Slack have given stays, for a file with the end before them."""
    if before is None or row.end >= before.end:
        return {}
    options = register.rows[OptionRecord].values()
    taken = [each.months for each in options if each.contract == row.reference and _was_taken_in_slack(each)]
    return {"end": before.end} if before.end in _ends(row.end, taken) else {}


def _was_taken_in_slack(each: OptionRecord) -> bool:
    return each.decision is Decision.TAKEN and each.decided is not None


def _ends(end: date, months: list[int]) -> set[date]:
    """Every end that some of these options give."""
    ends = {end}
    for each in months:
        ends |= {extended(day, each) for day in ends}
    return ends - {end}
