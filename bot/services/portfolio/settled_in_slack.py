"""What an import does not take back: decisions on options, plans, interventions, certificates and credits that somebody
recorded in Slack.

A file that people keep and import again is older than those decisions, and knows nothing of them.
"""

from datetime import date, timedelta

from bot.domain import option_days
from bot.domain.calendar import extended
from bot.domain.option_cycle import OPTION, Decision
from bot.records import CertificateRecord, ContractRecord, CreditRecord, InterventionRecord, OptionRecord, PlanRecord
from bot.services.portfolio.column_mapping import Register, calendar_of


def option(row: OptionRecord, before: OptionRecord | None, register: Register) -> dict[str, object]:
    """An option that was decided on stays so for a file that calls it open, and so does its day to decide where another
    option that was taken or a variation has moved it since."""
    if before is None or row.decision not in OPTION.open_states:
        return {}
    if before.decision in OPTION.open_states:
        return {"decide_by": before.decide_by} if _has_moved(row, before, register) else {}
    known = ("decision", "decided", "decided_by", "reason")
    return {name: getattr(before, name) for name in known}


Settled = PlanRecord | CertificateRecord | InterventionRecord | CreditRecord


def remedy_certificate_or_credit(row: Settled, before: Settled | None) -> dict[str, object]:
    """What a file does not change of a plan, an intervention or a certificate; nothing of a credit that is known."""
    match row, before:
        case PlanRecord(), PlanRecord():
            return _plan(row, before)
        case InterventionRecord(), InterventionRecord():
            return _intervention(row, before)
        case CertificateRecord(), CertificateRecord():
            return _certificate(row, before)
        case CreditRecord(), CreditRecord():
            return dict(before)
    return {}


def _plan(row: PlanRecord, before: PlanRecord) -> dict[str, object]:
    """A plan whose status changed on a day keeps it, for a file that does not say since when it is another."""
    if before.since is None or (row.since is not None and row.since >= before.since):
        return {}
    known = (
        "status",
        "reason",
        "received",
        "since",
        "due",
        "opened",
        "requested",
        "served_by",
        "grounds",
        "opportunity",
    )
    return {name: getattr(before, name) for name in (*known, "notice", "assumed")}


def _intervention(row: InterventionRecord, before: InterventionRecord) -> dict[str, object]:
    """An intervention that was left, sent to the partner or reviewed stays so, for a file that does not know of it."""
    kept: dict[str, object] = {"review": max(row.review, before.review)}
    for day, words in (("left", "outcome"), ("told", "told_words")):
        if getattr(before, day) is not None and getattr(row, day) is None:
            kept |= {day: getattr(before, day), words: getattr(before, words)}
    return kept


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


def _has_moved(row: OptionRecord, before: OptionRecord, register: Register) -> bool:
    """Whether a file has the day that an option had before something moved it to the one that it has."""
    calendar = calendar_of(row, register)
    is_earlier = row.decide_by.on(calendar) < before.decide_by.on(calendar)
    if is_earlier and before.variation and (row.variation, row.varied) == (before.variation, before.varied):
        return True
    options = register.rows[OptionRecord].values()
    taken = [each.months for each in options if each.contract == row.contract and _was_taken_in_slack(each)]
    return any(
        option_days.following(row.decide_by, end, later) == before.decide_by
        for end in (row.decide_by.anchor, row.decide_by.anchor - timedelta(days=1))
        for later in _ends(end, taken)
    )


def _was_taken_in_slack(each: OptionRecord) -> bool:
    return each.decision is Decision.TAKEN and each.decided is not None


def _ends(end: date, months: list[int]) -> set[date]:
    """Every end that some of these options give."""
    ends = {end}
    for each in months:
        ends |= {extended(day, each) for day in ends}
    return ends - {end}
