"""The contract manager judges the figures of a report: verifies them, or overrides a rating with a reason."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.models import Kpi, Reading, Report, Source
from bot.services import crossing
from bot.services.contracts import register
from bot.services.progress.received_reports import ReceivedReport, received_report, tell_judged
from bot.services.progress.report_decisions import CameAgain, NotReceived
from bot.services.progress.reports import NoSuchReport
from bot.services.texts import kept_text
from bot.services.work import Act

MOST_OF_A_REASON = 300
VERIFIES, OVERRIDES = "figures verified", "rating overridden"
VERIFIED, SELF_REPORTED = Source.VERIFIED.value, Source.SELF_REPORTED.value

Readings = Mapping[int, tuple[Reading, Kpi]]
"""The readings of a report, by KPI id, each with its KPI."""


class NothingToVerify(UserError):
    """No figure is the partner's own word."""

    def __init__(self) -> None:
        super().__init__("This report has no figure to verify: each comes from a verified source, or is missing.")


class NoSuchFigure(UserError):
    """A form names a KPI that the report has not."""

    def __init__(self) -> None:
        super().__init__("Choose one of the KPIs of this report.", field="kpi")


class RatedSo(UserError):
    """The rating that was chosen is the one that stands by the cut-offs."""

    def __init__(self, kpi: Kpi, rating: Rating) -> None:
        super().__init__(f"{kpi.name} is rated {rating} by its cut-offs already. Choose another.", field="rating")


def report_to_judge(act: Act, report_id: int, seen: str) -> ReceivedReport:
    """A report whose figures the actor may judge, as they were seen. NoSuchReport, Denied, NotReceived, CameAgain."""
    return _to_judge(act, report_id, seen)[1]


def report_to_verify(act: Act, report_id: int, seen: str) -> ReceivedReport:
    """The same, if it has figures that are nobody's but the partner's. NothingToVerify as well."""
    received = report_to_judge(act, report_id, seen)
    if not any(verifiable(each.value is not None, each.kpi) for each in received.figures):
        raise NothingToVerify
    return received


def verifiable(has_value: bool, kpi: Kpi) -> bool:  # two facts of one figure
    """Whether there is a figure that only the partner vouches for."""
    return has_value and kpi.source is Source.SELF_REPORTED


def verify(act: Act, report_id: int, seen: str, kpi_ids: Collection[int]) -> ReceivedReport:
    """Mark the figures of these KPIs as verified, and the others as self-reported again. As for report_to_judge,
    and Crossed."""
    report, _ = _to_judge(act, report_id, seen, VERIFIES)
    changes = {}
    for kpi_id, (reading, kpi) in _readings(act, report).items():
        before, after = reading.verified_at is not None, kpi_id in kpi_ids
        if before != after and verifiable(reading.value is not None, kpi):
            reading.verified_at, reading.verified_by_id = (act.now, act.actor.person_id) if after else (None, None)
            changes[kpi.code] = (VERIFIED, SELF_REPORTED) if before else (SELF_REPORTED, VERIFIED)
    return _kept(act, report, VERIFIES, changes)


def override(act: Act, report_id: int, seen: str, kpi_id: int, rating: Rating, reason: str) -> ReceivedReport:
    """Set the rating of a KPI in a report, for a reason that is kept; the one by the cut-offs stays beside it.

    To choose that one takes an override back. NoSuchFigure, RatedSo, what kept_text refuses, Crossed, as for
    report_to_judge.
    """
    report, _ = _to_judge(act, report_id, seen, OVERRIDES)
    found = _readings(act, report).get(kpi_id)
    if found is None:
        raise NoSuchFigure
    reading, kpi = found
    if rating is reading.computed and reading.overridden_at is None:
        raise RatedSo(kpi, rating)
    words = kept_text(reason, what="the reason", at_most=MOST_OF_A_REASON, field="reason")
    changes = {kpi.code: (reading.rating.value, rating.value)}
    reading.rating = rating
    if rating is reading.computed:
        reading.override_reason, reading.overridden_at, reading.overridden_by_id = "", None, None
    else:
        reading.override_reason, reading.overridden_at, reading.overridden_by_id = words, act.now, act.actor.person_id
    return _kept(act, report, OVERRIDES, changes, words)


def _to_judge(act: Act, report_id: int, seen: str, *judged: str) -> tuple[Report, ReceivedReport]:
    """The report, which nobody else can judge meanwhile. Crossed where it changed, or was `judged` in the same way."""
    locked = select(Report).where(col(Report.id) == report_id).with_for_update()
    report = act.session.scalar(locked, execution_options={"populate_existing": True})  # another may have been first
    if report is None:
        raise NoSuchReport
    act.require(Action.ACCEPT_PROGRESS, register.contract_facts(act.session, report.contract_id))
    received = received_report(act, report)
    if received is None:
        raise NotReceived(report)
    if act.since is None and report.came != seen:
        raise CameAgain(received)
    crossing.check(act, report.reference, "report received", "report changed", *judged)
    return report, received


def _readings(act: Act, report: Report) -> Readings:
    rows = act.session.execute(
        select(Reading, Kpi)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Reading.report_id) == report.id)
        .order_by(col(Kpi.id))
    )
    return {kpi.id: (reading, kpi) for reading, kpi in rows}


def _kept(
    act: Act, report: Report, done: str, changes: Mapping[str, tuple[str, str]], reason: str = ""
) -> ReceivedReport:
    """The report with what was judged, which is written down and told."""
    if changes:
        report.judgements += 1
        act.record(done, report.reference, contract_id=report.contract_id, changes=changes, why=reason)
        act.session.flush()
    received = received_report(act, report)
    if received is None:
        raise NotReceived(report)
    if changes:
        tell_judged(act, received)
    return received
