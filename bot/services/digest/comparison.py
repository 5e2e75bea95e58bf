"""The changes since the last summary: ratings, risks, and KPIs that recovered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import col

from bot.domain.ratings import Movement, Rating, movement
from bot.domain.scores import Band, Grade, order
from bot.models import Contract, Risk, RiskStatus
from bot.services.digest.last_post import LastPost
from bot.services.lookup.risks import rules_in_force
from bot.services.progress.standings import ContractStanding, ReportedReport
from bot.services.unit_of_work import UnitOfWork

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class RatingLine:
    """A contract in a summary.

    `before` is its rating in the last summary, or without one the rating of the previous report; `corrected` is the
    present rating of the last summary's period, if it differs. A rating is as reported until its report is accepted.
    `is_new`: the last summary did not have the contract. `was_late` are the keys of what it said to be late; None if
    that is not known.
    """

    standing: ContractStanding
    before: Rating | None
    corrected: Rating | None = None
    same_period: bool = False
    before_as_reported: bool = False
    corrected_as_reported: bool = False
    is_new: bool = False
    was_late: Collection[str] | None = None

    @property
    def has_changed(self) -> bool:
        """Whether the rating is another than before, or was corrected, or the contract is new."""
        moved = self.before is not None and self.before is not self.standing.rating
        return moved or self.corrected is not None or self.is_new

    @property
    def as_reported(self) -> bool:
        """Whether the department has not accepted the last report."""
        return bool(self.standing.reports) and not self.standing.reports[0].accepted

    @property
    def is_corrected(self) -> bool:
        """Whether the rating differs from the last summary only by a correction."""
        return self.corrected is not None and self.same_period

    @property
    def movement(self) -> Movement | None:
        """Better, worse or the same as before, without corrections; None if there is nothing to compare."""
        return movement(self.corrected or self.before, self.standing.rating)


@dataclass(frozen=True)
class OpenRisk:
    """A risk in a summary. `was` is its score in the last one, None for a new risk or without a last summary.

    `happened`: it is an issue now. `closed`: it was closed since.
    """

    contract: str
    reference: str
    title: str
    grade: Grade | None
    happened: bool = False
    was: int | None = None
    closed: bool = False

    @property
    def score(self) -> int:
        """Its score; 0 if it is not assessed."""
        return self.grade.points if self.grade else 0

    @property
    def rise(self) -> int:
        """The rise of its score; negative if it fell or the risk is closed."""
        return (0 if self.closed else self.score) - (self.was or 0)


@dataclass(frozen=True)
class Risks:
    """The risks in a summary: those that moved since the last one, the other high ones, and every open score by
    contract and risk."""

    moved: Sequence[OpenRisk] = ()
    high: Sequence[OpenRisk] = ()
    scores: Mapping[int, Mapping[str, int]] | None = None


@dataclass(frozen=True)
class PutRight:
    """A KPI that a partner brought back to Good."""

    contract: str
    partner: str
    kpi: str
    as_reported: bool


def lines(standings: Iterable[ContractStanding], previous: LastPost | None) -> list[RatingLine]:
    """A line for each contract, compared with its line in the last summary."""
    return [_line(standing, previous) for standing in standings]


def _line(standing: ContractStanding, previous: LastPost | None) -> RatingLine:
    if previous is None:
        as_reported = len(standing.reports) > 1 and not standing.reports[1].accepted
        return RatingLine(standing, standing.before, before_as_reported=as_reported)
    then = previous.lines.get(standing.contract.id)
    if then is None:
        return RatingLine(standing, None, is_new=True)
    of_then = next((each for each in standing.reports if each.period == then.period), None)
    previous_as_reported = then.period is not None and not then.accepted
    if of_then is None or of_then.rating is then.rating:
        return RatingLine(standing, then.rating, before_as_reported=previous_as_reported, was_late=then.late)
    return RatingLine(
        standing,
        then.rating,
        of_then.rating,
        same_period=of_then is standing.reports[0],
        before_as_reported=previous_as_reported,
        corrected_as_reported=not of_then.accepted,
        was_late=then.late,
    )


def put_right(work: UnitOfWork, standings: Iterable[ContractStanding], previous: LastPost | None) -> list[PutRight]:
    """The KPIs that came back to Good, in reports received since the last summary (without one, in a week)."""
    since = previous.posted_at if previous else work.now - A_WEEK
    return [
        PutRight(standing.contract.reference, standing.partner, name, not standing.reports[0].accepted)
        for standing in standings
        if len(standing.reports) > 1 and _came_after(standing.reports[0], since)
        for name in _back_to_good(*standing.reports)
    ]


def _came_after(report: ReportedReport, since: datetime) -> bool:
    return report.came_at > since


def _back_to_good(last: ReportedReport, before: ReportedReport) -> list[str]:
    fell_short = {each.kpi.id for each in before.figures if each.rating.severity > Rating.GOOD.severity}
    return [each.kpi.name for each in last.figures if each.rating is Rating.GOOD and each.kpi.id in fell_short]


def risks(work: UnitOfWork, contracts: Mapping[int, Contract], previous: LastPost | None) -> Risks:
    """The risks of contracts for a summary. Two queries."""
    is_open = col(Risk.status) != RiskStatus.CLOSED
    wanted = is_open if previous is None else or_(is_open, col(Risk.closed_on) >= previous.day)
    rows = work.session.scalars(
        select(Risk).where(wanted, col(Risk.contract_id).in_(contracts)).order_by(col(Risk.id))
    ).all()
    before = {key: score for line in previous.lines.values() for key, score in line.risks.items()} if previous else {}
    known = previous.lines if previous else {}
    rules = rules_in_force(work.session)
    moved, high = [], []
    open_scores: dict[int, dict[str, int]] = {}
    for row in rows:
        grade = rules.grade_if_any(row.likelihood, row.impact)
        risk = _open_risk(row, contracts[row.contract_id].reference, grade, before.get(str(row.id)))
        if not risk.closed:
            open_scores.setdefault(row.contract_id, {})[str(row.id)] = risk.score
        if row.contract_id in known and risk.rise and (not risk.closed or risk.was is not None):
            moved.append(risk)
        elif risk.grade and risk.grade.band.severity >= Band.HIGH.severity and not risk.closed:
            high.append(risk)
    return Risks(
        sorted(moved, key=lambda risk: (-risk.rise, risk.reference)),
        sorted(high, key=lambda risk: (order(risk.grade), risk.reference)),
        open_scores,
    )


def _open_risk(row: Risk, contract: str, grade: Grade | None, was: int | None) -> OpenRisk:
    happened, closed = row.status is RiskStatus.ISSUE, row.status is RiskStatus.CLOSED
    return OpenRisk(contract, row.reference, row.title, grade, happened, was, closed)
