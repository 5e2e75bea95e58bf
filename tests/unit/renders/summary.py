"""The weekly summary, and messages held back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.charts import Cell, GridChart, Level, LineChart, Tone
from bot.domain.digests import Weekly
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.models import Audience, Contract, DigestPost, QuietWeek
from bot.services.digest.comparison import OpenRisk, PutRight, RatingLine, Risks
from bot.services.digest.dated_items import DatedItem, FindingCounts, Scope
from bot.services.digest.monthly import OwnedContract, OwnerSummary, RollingRatings
from bot.services.digest.subscriptions import DigestHistory, Subscription
from bot.services.digest.summary import Summary
from bot.services.digest.summary_detail import ContractDetail, KpiResult, SummaryDetail
from bot.services.progress.standings import ContractStanding, ReportedFigure, ReportedReport
from tests.builders import MONDAY, RULES, contract, kpi
from tests.unit.renders.common import LONG, NAME, TITLE, Contexts, contracts, long_text


def item(contract: str, days: int = 0, what: str = "Report for December 2026") -> DatedItem:
    return DatedItem(contract, what, date(2027, 1, 6), days, f"{contract} {what}")


def standing(about: Contract, rating: Rating = Rating.GOOD, before: Rating | None = Rating.GOOD) -> ContractStanding:
    return ContractStanding(
        about, "Northgate", "Amira Shah", "November 2026", rating, before, "Starts: 98% against 99%"
    )


def line(
    about: Contract,
    rating: Rating = Rating.GOOD,
    before: Rating | None = Rating.GOOD,
    **changes: Any,  # noqa: ANN401  # whichever a case is about
) -> RatingLine:
    return RatingLine(standing(about, rating, before), before, **changes)


def unreported(about: Contract) -> RatingLine:
    """A contract that is new in a summary, and of which no report has come."""
    told = line(about, Rating.OTHER, None, is_new=True)
    return replace(told, standing=replace(told.standing, period=None, why="no report yet"))


def reported(number: int, rating: Rating = Rating.INADEQUATE, value: str | None = "29.3") -> KpiResult:
    figure = Decimal(value) if value else None
    return KpiResult(ReportedFigure(kpi(number), figure, rating), accepted=False)


def awaiting(told: RatingLine) -> RatingLine:
    """The same contract with a last report that nobody has accepted."""
    report = ReportedReport("2026-12", MONDAY, False, [])
    return replace(told, standing=replace(told.standing, reports=[report]))


NOTHING = Summary(Scope(), date(2027, 1, 4), None, is_sample=False)
FIRST = Summary(
    Scope(),
    date(2027, 1, 4),
    None,
    is_sample=True,
    lines=[
        line(contract(reference="HA-EW"), Rating.INADEQUATE, before=Rating.REQUIRES_IMPROVEMENT),
        line(contract(reference="IT-CH"), Rating.GOOD, before=Rating.APPROACHING_TARGET),
        line(contract(reference="SK-SC"), Rating.OTHER, before=None),
    ],
    late=[item("SK-SC", days=20), replace(item("SK-SC", 2, "Milestone of the partner: Open the hub"), is_owed=True)],
    coming=[item("WP-002"), item("WP-003", what="Decide: extension of 12 months")],
    risks=Risks(high=[OpenRisk("HA-EW", "R-5", "Too few assessors", RULES.grade(4, 4), happened=True)]),
    failed_plans=[item("WP-004", what="Bring clearance back")],
    findings=FindingCounts(3, 1, 1),
    visits_overdue=2,
)
USUAL = replace(
    FIRST,
    day=date(2027, 1, 11),
    since=date(2027, 1, 4),
    lines=[
        *[replace(each, was_late=[]) for each in FIRST.lines],
        line(
            contract(reference="WP-NE"),
            Rating.APPROACHING_TARGET,
            corrected=Rating.APPROACHING_TARGET,
            same_period=True,
            before_as_reported=True,
            was_late=["memo-3-2026-12-17"],
        ),
        line(contract(reference="DE-SW"), Rating.GOOD, before=Rating.INADEQUATE, corrected=Rating.GOOD),
        unreported(contract(reference="RM-SR")),
    ],
    risks=Risks(
        moved=[
            OpenRisk("HA-EW", "R-5", "Too few assessors", RULES.grade(4, 4), was=12),
            OpenRisk("WP-NE", "R-9", "Advisers leave", RULES.grade(3, 2)),
            OpenRisk("IT-CH", "R-7", "Patches overdue", RULES.grade(3, 4), was=12, closed=True),
            OpenRisk("WP-NE", "R-10", "The hub closes", RULES.grade(5, 4), was=12, happened=True),
        ],
        high=[OpenRisk("FM-JC", "R-3", "Checks overdue", RULES.grade(3, 4), was=12)],
    ),
    thanks=[PutRight("DE-SW", "Harbour Lane Trust", "Referral backlog", as_reported=False)],
)
UNCHANGED = replace(
    USUAL,
    lines=[line(contract(reference="HA-EW"), Rating.INADEQUATE, before=Rating.INADEQUATE, was_late=[])],
    late=[],
    risks=Risks(),
    thanks=[],
)
QUIET = replace(NOTHING, since=date(2026, 12, 29), lines=[line(contract(reference="IT-CH"), was_late=[])])
ONE = replace(
    USUAL,
    scope=Scope(contract(reference="WP-NE")),
    lines=USUAL.lines[3:4],
    late=[],
    thanks=[],
    risks=Risks(high=USUAL.risks.high),
    failed_plans=[],
)
SHARED = replace(
    ONE,
    scope=Scope(contract(reference="WP-NE"), Audience.SHARED),
    lines=[awaiting(line(contract(reference="WP-NE"), before=Rating.APPROACHING_TARGET))],
    risks=Risks(),
    thanks=[PutRight("WP-NE", "Northgate Futures Ltd", "Starts within 15 working days", as_reported=True)],
)


def full_summary(count: int, title: str, why: str, manager: str) -> Summary:
    """A summary of so many contracts, where each also has something late, coming, risky, corrected and failed."""
    numbers = range(1, count + 1)
    all_lines = [
        RatingLine(
            replace(standing(each, Rating.REQUIRES_IMPROVEMENT), why=why, manager=manager),
            Rating.REQUIRES_IMPROVEMENT,
            corrected=Rating.APPROACHING_TARGET,
            was_late=[],
        )
        for each in contracts(count, title=title, reference=LONG["reference"])
    ]
    risky = [OpenRisk(LONG["reference"], f"R-{n}", title, RULES.grade(3, 4), happened=True, was=25) for n in numbers]
    items = [DatedItem(LONG["reference"], title, date(2027, 11, 22), 1234, str(n), is_owed=True) for n in numbers]
    return Summary(
        Scope(),
        date(2027, 11, 22),
        date(2027, 11, 15),
        is_sample=True,
        lines=all_lines,
        late=items,
        coming=items,
        risks=Risks(risky, risky),
        failed_plans=items,
        thanks=[PutRight(LONG["reference"], NAME, NAME, as_reported=True) for n in numbers],
    )


LARGEST = full_summary(1000, TITLE, f"{NAME}: 98% against 99%; no figure for {NAME}", NAME)
MONTHS = [f"{month} 2026" for month in ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec")]


def detail_of(summary: Summary, *contracts_told: ContractDetail, rows: int, words: str) -> SummaryDetail:
    names = [told.standing.contract.reference for told in summary.lines[:rows]]
    grid = GridChart(
        "Ratings by contract and month", names, MONTHS, [[Cell(words, Tone.BAD)] * len(MONTHS)] * len(names)
    )
    return SummaryDetail(summary, grid, contracts_told, max(len(summary.lines) - len(contracts_told), 0))


def of_contract(
    told: RatingLine, figures: Sequence[KpiResult], title: str = "HA-EW: Average clearance time"
) -> ContractDetail:
    values = [Decimal("23.1"), None, Decimal("29.3")]
    return ContractDetail(
        told, figures, LineChart(title, "working days", MONTHS[3:], values, [Level("Target", Decimal(20))])
    )


USUAL_DETAIL = detail_of(
    USUAL,
    of_contract(USUAL.lines[0], [reported(1), reported(2, Rating.OTHER, None)]),
    rows=3,
    words="Inadequate",
)
SHARED_DETAIL = detail_of(SHARED, of_contract(SHARED.lines[0], [reported(1)]), rows=1, words="Good, as reported")
MANY = [
    KpiResult(ReportedFigure(kpi(n, name=NAME), Decimal("12345678.1234"), Rating.INADEQUATE), False) for n in range(90)
]
LARGEST_DETAIL = detail_of(
    LARGEST,
    *[of_contract(told, MANY, NAME) for told in LARGEST.lines[:4]],
    rows=12,
    words="Requires improvement, as reported",
)

DUE = datetime(2027, 1, 7, 16, tzinfo=UTC)
KEPT = Subscription("C0WPNE", "WP-NE", False, Weekly(3, 16), QuietWeek.ONE_LINE, DUE)


def post(due: datetime | None = None, headline: str = "Weekly performance summary: WP-NE: Good") -> DigestPost:
    return DigestPost(
        id=1, channel="C0WPNE", audience=Audience.INTERNAL, due_at=due, posted_at=due or MONDAY, headline=headline
    )


def owned(
    told: RatingLine, short: int | None = None, long: int | None = None, *, is_in: bool = True, is_missing: bool = False
) -> OwnedContract:
    return OwnedContract(told, RollingRatings(short, long), is_in, is_missing)


def table(summary: Summary, count: int, *, is_last: bool = True) -> dict[str, object]:
    return {"summary": summary, "rows": summary.lines[:count], "is_last": is_last}


DECEMBER = Month(2026, 12)


MESSAGE_CONTEXTS: Contexts = {
    "digest/weekly": {
        "smallest": {"summary": NOTHING, "missed": None},
        "first": {"summary": FIRST, "missed": None},
        "usual": {"summary": USUAL, "missed": None},
        "late": {"summary": USUAL, "missed": MONDAY},
        "one": {"summary": ONE, "missed": None},
        "shared": {"summary": SHARED, "missed": None},
        "unchanged": {"summary": UNCHANGED, "missed": None},
        "quiet": {"summary": QUIET, "missed": None},
        "largest": {"summary": LARGEST, "missed": MONDAY},
    },
    "digest/table": {
        "smallest": table(QUIET, 1, is_last=False),
        "usual": table(USUAL, 6),
        "one": table(ONE, 1),
        "shared": table(SHARED, 1),
        "largest": table(LARGEST, 30),
    },
    "digest/detail": {
        "smallest": {"detail": detail_of(FIRST, of_contract(FIRST.lines[1], []), rows=1, words="Good")},
        "usual": {"detail": USUAL_DETAIL},
        "shared": {"detail": SHARED_DETAIL},
        "largest": {"detail": LARGEST_DETAIL},
    },
    "digest/monthly": {
        "smallest": {"summary": OwnerSummary(DECEMBER, False, [owned(FIRST.lines[2])], []), "missed": None},
        "usual": {
            "summary": OwnerSummary(
                DECEMBER,
                True,
                [
                    owned(FIRST.lines[0], 0, 4),
                    owned(awaiting(FIRST.lines[1]), 3, is_in=False, is_missing=True),
                    owned(FIRST.lines[2], is_in=False),
                ],
                [FIRST.lines[0]],
                FIRST.late,
                FIRST.coming,
                attention=2,
            ),
            "missed": None,
        },
        "largest": {
            "summary": OwnerSummary(
                Month(2027, 10),
                True,
                [owned(each, 3, 12, is_in=False, is_missing=True) for each in LARGEST.lines],
                LARGEST.lines[:10],
                LARGEST.late,
                LARGEST.coming,
                attention=1000,
            ),
            "missed": MONDAY,
        },
    },
    "digest/subscription": {
        "smallest": {"subscription": replace(KEPT, contract=None, first=None), "stopped": False, "on_its_way": False},
        "usual": {"subscription": KEPT, "stopped": False, "on_its_way": False},
        "stopped": {"subscription": replace(KEPT, first=None), "stopped": True, "on_its_way": False},
        "now": {"subscription": replace(KEPT, contract=None), "stopped": False, "on_its_way": True},
        "largest": {
            "subscription": replace(KEPT, contract=LONG["reference"], is_shared=True, if_quiet=QuietWeek.SILENCE),
            "stopped": False,
            "on_its_way": False,
        },
    },
    "digest/history": {
        "smallest": {"history": DigestHistory(replace(KEPT, contract=None, first=None), [])},
        "usual": {"history": DigestHistory(KEPT, [post(DUE), post()])},
        "largest": {
            "history": DigestHistory(replace(KEPT, contract=LONG["reference"]), [post(headline=long_text(300))] * 10)
        },
    },
}
VIEW_CONTEXTS: Contexts = {}
