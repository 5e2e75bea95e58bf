"""Reports, their prompts and decisions, and KPIs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.access import ContractRef
from bot.domain.charts import Cell, Level, LineChart, Tone
from bot.domain.figures import Unit
from bot.domain.parts import NOTHING, Combining, FigureWithParts
from bot.domain.periods import Month, months
from bot.domain.ratings import Direction, Rag, Rating
from bot.models import (
    Report,
    ReportDecision,
    Source,
)
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.progress.earlier_report import OpenQuery, ReportedBefore
from bot.services.progress.kpi_history import KpiFigure, KpiHistory, TargetFrom
from bot.services.progress.over_time import FiguresOverTime, OverTime, Span
from bot.services.progress.rated_figures import Override, rated
from bot.services.progress.rating_grid import RatingGrid, RatingRow
from bot.services.progress.received_reports import QueryAnswer, ReceivedReport
from bot.services.progress.report_card import ReportCard
from bot.services.progress.report_decisions import Queried
from bot.services.progress.report_list import OpenReport, ReportPage
from bot.services.progress.report_list import ReportStanding as Stands
from bot.services.progress.report_replies import ReadBack
from bot.services.progress.report_submission import values_of
from bot.services.progress.reports import DueReport
from tests.builders import MONDAY, contract, due, facts, kpi, kpis, received
from tests.unit.renders.common import (
    LONG,
    LOTS,
    NAME,
    ONE,
    TITLE,
    TWELVE,
    WORDS,
    Contexts,
    kpi_figure,
    kpi_line,
    long_text,
)


def open_report(stands: Stands, late: int = 0) -> OpenReport:
    due_on = date(2026, 12, 3) if stands is Stands.LATE else date(2027, 1, 6)
    return OpenReport("WP-NE", "Work Pathways", "Northgate Futures Ltd", "December 2026", due_on, stands, late)


def decided(received: ReceivedReport, decision: ReportDecision | None, query: str = "", by: str = "") -> ReceivedReport:
    """The report after a decision; with a query and no decision it has come again."""
    changes: dict[str, Any] = {"query": query, "queries": int(bool(query)), "decision": decision}
    changes |= {"decided_at": MONDAY, "decided_by_id": 3} if decision else {"revised_at": MONDAY}
    row = Report(**{**received.report.model_dump(), **changes})
    return replace(received, report=row, decided_by=by or "Amira Shah")


def with_rag(report: Report, rag: Rag, reason: str, path: str) -> Report:
    """The report with how its reporter sees the delivery."""
    return Report(**{**report.model_dump(), "rag": rag, "rag_reason": reason, "path_to_green": path})


def report_card(
    received: ReceivedReport | None,
    asked: DueReport,
    *,
    may: bool = True,
    about: ContractRef | None = None,
    over: FiguresOverTime | None = None,
) -> ReportCard:
    row = received.report if received else asked.report
    return ReportCard(about or facts(), row, asked, received, may, may, may, over)


def filled(asked: DueReport, before: ReportedBefore | None = None) -> dict[str, Any]:
    """What the form of a report is given."""
    return {"due": asked, "values": values_of(asked), "before": before or ReportedBefore()}


def before(kpis: Sequence[KpiInPeriod], value: str | None, words: str) -> ReportedBefore:
    """The report before, with this figure for each KPI and these words in each field."""
    given = FigureWithParts(Decimal(value) if value else None)
    figures = {each.id: KpiFigure(each, "November 2026", given, Rating.APPROACHING_TARGET) for each in kpis}
    queries = [OpenQuery("October 2026", words)] * 5
    return ReportedBefore("November 2026", figures, words, words, words, queries)


LARGEST_GIVEN = FigureWithParts(Decimal("98765432.1234"), Decimal("98765432.1234"), Decimal("87654321.1234"))
LARGE_OVERRIDE = Override(Rating.APPROACHING_TARGET, NAME, MONDAY, long_text(300))
LARGE_KPIS = kpis(90, name=NAME, good=Decimal("99999999.9999"), approaching=Decimal(97))
LAST, AVERAGE = kpi(1, combines=Combining.LAST), kpi(1, unit=Unit.HOURS, combines=Combining.AVERAGE)
ADDED = kpi(1, unit=Unit.COUNT, combines=Combining.SUM)
EMPTY_SPANS = (Span("December 2026", None),) * 4
LOW_KPIS = kpis(2, direction=Direction.LOWER, good=Decimal(1), approaching=Decimal(2), requires_improvement=Decimal(3))
LATE_CONTRACT = contract(**LONG)
USUAL_REPORT = received(kpis(2), narrative="Two advisers left in December.")
LARGE_REPORT = decided(
    received(LARGE_KPIS, Decimal("98765432.1234"), narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234),
    ReportDecision.QUERIED,
    long_text(1000),
    NAME,
)
LARGE_REPORT = replace(
    LARGE_REPORT,
    partner=NAME,
    answers=[QueryAnswer(NAME, MONDAY, WORDS)] * 9,
    reporter_slack="U0PRIYA",
    report=with_rag(LARGE_REPORT.report, Rag.AMBER, long_text(1000), long_text(1000)),
    figures=[
        replace(each, given=LARGEST_GIVEN, override=LARGE_OVERRIDE, verified_by=NAME) for each in LARGE_REPORT.figures
    ],
)
OVERRIDE = Override(Rating.INADEQUATE, "Amira Shah", MONDAY, "two sites were closed by the flood")
_BETTER, _NONE = USUAL_REPORT.figures[0], received(kpis(1), None).figures[0]
JUDGED_REPORT = replace(
    USUAL_REPORT,
    figures=[
        replace(_BETTER, rating=Rating.REQUIRES_IMPROVEMENT, override=OVERRIDE, verified_by="Amira Shah"),
        received([kpi(2, source=Source.VERIFIED)]).figures[0],
        replace(_NONE, kpi=kpi(3), rating=Rating.GOOD, override=replace(OVERRIDE, computed=Rating.OTHER)),
        received([kpi(4)]).figures[0],
    ],
)
IN_PARTS = replace(
    USUAL_REPORT,
    report=with_rag(
        USUAL_REPORT.report, Rag.AMBER, "Two adviser posts are empty.", "Both start on 18 January; green in February."
    ),
    figures=[
        replace(USUAL_REPORT.figures[0], given=FigureWithParts(Decimal("98.5"), Decimal(985), Decimal(1000))),
        replace(
            USUAL_REPORT.figures[1],
            kpi=kpi(2, unit=Unit.WORKING_DAYS, combines=Combining.AVERAGE),
            given=FigureWithParts(Decimal("21.5"), None, Decimal(340)),
        ),
    ],
)
SIX = list(months(Month(2026, 7), Month(2026, 12)))
GRID_CELLS = [
    Cell("Requires improvement", Tone.POOR),
    Cell("Inadequate", Tone.BAD),
    Cell("Approaching target", Tone.FAIR),
    Cell("Other"),
    Cell("late"),
    Cell("none due"),
]
LEVELS = [Level("Target 99%", Decimal(99)), Level("Approaching 97%", Decimal(97))]
COURSE = LineChart("WP-NE: Starts", "%", ["Nov 2026", "Dec 2026"], [None, Decimal("98.2")], LEVELS)
AS_BEFORE = {1: FigureWithParts(Decimal("98.5"), Decimal(197), Decimal(200)), 2: FigureWithParts(Decimal(1200))}
SPANS = (
    Span("December 2026", Decimal("98.5")),
    Span("October 2026", Decimal("97.8333")),
    Span("January 2026", None, "January 2026 to June 2026", "July 2026"),
    Span("July 2026", None, "", "July 2026 and September 2026"),
)
LARGE_SPANS = (Span("December 2026", None, long_text(600), long_text(600)),) * 4


def together(*kpis: KpiInPeriod, spans: tuple[Span, Span, Span, Span] = SPANS, later: bool = True) -> FiguresOverTime:
    """The figures of some KPIs over time, the same of each."""
    return FiguresOverTime("December 2026", spans[3].first, later, [OverTime(each, *spans) for each in kpis])


QUESTION = "Why did starts fall, and by when will both posts be filled?"
QUERIED_REPORT = replace(decided(USUAL_REPORT, ReportDecision.QUERIED, QUESTION), reporter_slack="U0PRIYA")
ANSWERED_REPORT = decided(USUAL_REPORT, None, QUESTION)
ACCEPTED_REPORT = decided(USUAL_REPORT, ReportDecision.ACCEPTED)
LARGE_DUE = replace(
    due(LARGE_KPIS, late=1234, about=LATE_CONTRACT, partner=NAME),
    report=LARGE_REPORT.report,
    figures={each.id: LARGEST_GIVEN for each in LARGE_KPIS},
)

ANSWER = QueryAnswer("Priya Nair", MONDAY, "Both posts are filled since 2 January.")
IN_WORDS = replace(ANSWERED_REPORT, answers=[ANSWER])
READ_BACK = ReadBack(
    due(kpis(3)),
    "Priya Nair",
    [
        rated(kpi(1), FigureWithParts(Decimal("97.2"))),
        rated(kpi(2), FigureWithParts(Decimal(88))),
        rated(kpi(3), NOTHING),
    ],
    kpis(2),
    "Two advisers left in December.",
    ["“12” could be for kpi-2 or kpi-3. Write which, before the figure."],
    ["Starts within 2 working days: 88%, and the last 12 accepted were 8.5% to 9.4%. Did you mean 8.8%?"],
    "0123456789abcdef",
)
LARGE_READ_BACK = replace(
    READ_BACK,
    due=LARGE_DUE,
    by=NAME,
    figures=[rated(each, LARGEST_GIVEN) for each in LARGE_KPIS[:60]]
    + [rated(each, NOTHING) for each in LARGE_KPIS[60:]],
    read=LARGE_KPIS,
    commentary=WORDS,
    unclear=[long_text(600)] * 50,
    doubts=[long_text(600)] * 50,
)

MESSAGE_CONTEXTS: Contexts = {
    "progress/draft": {
        "smallest": {"due": due(kpis(0)), "until": date(2027, 1, 18)},
        "usual": {"due": due(kpis(2)), "until": date(2027, 1, 18)},
        "largest": {"due": LARGE_DUE, "until": date(2027, 1, 18)},
    },
    "progress/read_back": {
        "smallest": {"back": ReadBack(due(kpis(0), about=contract(sample=False)), "Priya Nair", [], [], "")},
        "usual": {"back": READ_BACK},
        "confirmed": {"back": replace(READ_BACK, is_confirmed=True)},
        "replaced": {"back": replace(READ_BACK, is_replaced=True)},
        "largest": {"back": LARGE_READ_BACK},
    },
    "progress/list": {
        "smallest": {"page": ReportPage([], 1, {})},
        "none_late": {"page": ReportPage([], 1, {Stands.DUE: 3}, late_only=True)},
        "usual": {
            "page": ReportPage(
                [open_report(each, 19 if each is Stands.LATE else 0) for each in Stands],
                1,
                dict.fromkeys(Stands, 1),
            )
        },
        "late": {"page": ReportPage([open_report(Stands.LATE, 1)], 1, {Stands.LATE: 1, Stands.DUE: 3}, True)},
        "largest": {
            "page": ReportPage(
                [replace(open_report(Stands.LATE, 1234), title=TITLE, partner=NAME)] * 10,
                2,
                dict.fromkeys(Stands, 1234),
            )
        },
    },
    "progress/prompt": {
        "smallest": {"due": due(kpis(0), about=contract(sample=False)), "missed": None},
        "usual": {"due": due(kpis(2)), "missed": None},
        "late": {"due": due(kpis(1), late=3), "missed": MONDAY},
        "largest": {"due": due(LARGE_KPIS, late=1234, about=LATE_CONTRACT, partner=NAME), "missed": MONDAY},
    },
    "progress/received": {
        "smallest": {"received": received(kpis(0), about=contract(sample=False))},
        "usual": {"received": received(kpis(2), narrative="Two advisers left in December.")},
        "rag": {"received": IN_PARTS},
        "no_figure": {
            "received": replace(
                received(kpis(1), None, by_partner=False), report=with_rag(USUAL_REPORT.report, Rag.GREEN, "", "")
            )
        },
        "queried": {"received": QUERIED_REPORT},
        "answered": {"received": ANSWERED_REPORT},
        "accepted": {"received": ACCEPTED_REPORT},
        "largest": {
            "received": received(
                LARGE_KPIS, Decimal("98765432.1234"), narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234
            )
        },
    },
    "progress/notice": {
        "smallest": {"received": received(kpis(0), about=contract(sample=False))},
        "usual": {"received": USUAL_REPORT},
        "rag": {"received": IN_PARTS},
        "queried": {"received": QUERIED_REPORT},
        "in_words": {"received": IN_WORDS},
        "accepted": {"received": ACCEPTED_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/queried": {
        "smallest": {"received": decided(received(kpis(0), about=contract(sample=False)), ReportDecision.QUERIED, "A")},
        "usual": {"received": QUERIED_REPORT},
        "answered": {"received": ANSWERED_REPORT},
        "in_words": {"received": IN_WORDS},
        "accepted": {"received": decided(USUAL_REPORT, ReportDecision.ACCEPTED, QUESTION)},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/report": {
        "smallest": {"card": report_card(None, due(kpis(0)), may=False, about=facts(sample=False))},
        "usual": {"card": report_card(IN_PARTS, due(kpis(2)), over=together(*kpis(2)))},
        "since_the_start": {"card": report_card(USUAL_REPORT, due(kpis(1)), over=together(kpi(1), later=False))},
        "judged": {"card": report_card(JUDGED_REPORT, due(kpis(4)))},
        "awaited": {"card": report_card(None, due(kpis(2), late=3))},
        "queried": {"card": report_card(QUERIED_REPORT, due(kpis(2)))},
        "accepted": {"card": report_card(ACCEPTED_REPORT, due(kpis(2)), may=False)},
        "linked": {
            "card": replace(
                report_card(USUAL_REPORT, due(kpis(2))),
                link="https://liaison.slack.com/archives/C1/p1767517200000001?a=1&b",
            )
        },
        "largest": {
            "card": report_card(
                LARGE_REPORT,
                LARGE_DUE,
                about=facts(**LONG, partner=NAME),
                over=together(*LARGE_KPIS, spans=LARGE_SPANS),
            )
        },
    },
    "progress/rating_grid": {
        "smallest": {"grid": RatingGrid(SIX, [], 0)},
        "usual": {
            "grid": RatingGrid(
                SIX,
                [
                    RatingRow("HA-EW", "Health assessments", GRID_CELLS, True),
                    RatingRow("IT-CH", "Casework hosting", [Cell("Good", Tone.GOOD)] * 6, True),
                ],
                3,
            )
        },
        "largest": {
            "grid": RatingGrid(SIX, [RatingRow(LONG["reference"], TITLE, [GRID_CELLS[0]] * 6, True)] * 40, 9_999)
        },
    },
    "progress/kpi_history": {
        "smallest": {"history": KpiHistory(facts(sample=False), kpi(1), [])},
        "usual": {
            "history": KpiHistory(facts(), kpi(1), kpi_line(1, "98.2", None, "99.4").figures, together(kpi(1)), COURSE)
        },
        "last": {
            "history": KpiHistory(
                facts(), LAST, kpi_line(1, "0.8").figures, together(LAST, spans=(SPANS[0],) * 4, later=False)
            )
        },
        "average": {"history": KpiHistory(facts(), AVERAGE, kpi_line(1, "0.8").figures, together(AVERAGE))},
        "sum": {"history": KpiHistory(facts(), ADDED, kpi_line(1, "0").figures, together(ADDED, spans=EMPTY_SPANS))},
        "lower": {"history": KpiHistory(facts(), LOW_KPIS[0], kpi_line(1, "0.8").figures)},
        "overridden": {
            "history": KpiHistory(
                facts(), kpi(1), [replace(each, overridden=True) for each in kpi_line(1, "9").figures]
            )
        },
        "no_figure": {"history": KpiHistory(facts(), kpi(1), kpi_line(1, None).figures)},
        "target_changed": {
            "history": KpiHistory(
                facts(),
                kpi(1),
                [*kpi_line(1, "98.2").figures, kpi_figure(kpi(1, good=Decimal(98), approaching=Decimal(96)), "98.2")],
                targets=[
                    TargetFrom("April 2027", kpi(1, good=Decimal("99.5")), is_ahead=True),
                    TargetFrom("December 2026", kpi(1)),
                    TargetFrom("April 2025", kpi(1, good=Decimal(98), approaching=Decimal(96))),
                ],
            )
        },
        "largest": {
            "history": KpiHistory(
                facts(**LONG),
                kpi(1, name=NAME, definition=WORDS[:1000], good=Decimal("99999999.9999")),
                [replace(each, given=LARGEST_GIVEN) for each in kpi_line(1, *["12345678.1234"] * 24).figures],
                together(kpi(1), spans=LARGE_SPANS),
                LineChart(NAME, "%", ["Dec 2026"] * 24, [Decimal("12345678.1234")] * 24),
                [TargetFrom("December 2026", kpi(1, good=Decimal("99999999.9999")))] * 24,
            )
        },
    },
}
VIEW_CONTEXTS: Contexts = {
    "progress/choose": {
        "smallest": {"contracts": ONE},
        "usual": {"contracts": TWELVE},
        "largest": {"contracts": LOTS},
    },
    "progress/done": {
        "smallest": {"received": received(kpis(1))},
        "usual": {"received": received(kpis(2), narrative="Two advisers left in December.")},
        "in_parts": {"received": IN_PARTS},
        "largest": {"received": received(LARGE_KPIS, narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234)},
    },
    "progress/form": {
        "smallest": filled(due(kpis(0))),
        "usual": filled(
            due([kpi(1), LOW_KPIS[1], kpi(3, unit=Unit.HOURS, combines=Combining.AVERAGE)], late=1),
            ReportedBefore(
                "November 2026",
                before([kpi(1)], "98.2", "").figures,
                "Two advisers were away. A third starts in January.",
                path_to_green="A third adviser starts on 11 January.",
                queries=[OpenQuery("October 2026", "Which hub is behind the fall?")],
            ),
        ),
        "received": filled(replace(due(kpis(2)), report=USUAL_REPORT.report, figures=AS_BEFORE, seen="20270104.0")),
        "queried": filled(replace(due(kpis(2)), report=QUERIED_REPORT.report, figures=AS_BEFORE)),
        "largest": filled(LARGE_DUE, before(LARGE_KPIS, "98765432.1234", long_text(3000))),
    },
    "progress/verify_form": {
        "smallest": {"received": received(kpis(1))},
        "usual": {"received": JUDGED_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/override_form": {
        "smallest": {"received": received(kpis(1))},
        "usual": {"received": JUDGED_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/judged": {
        "smallest": {"received": received(kpis(1))},
        "usual": {"received": JUDGED_REPORT},
        "accepted": {"received": ACCEPTED_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/query_form": {
        "smallest": {"received": received(kpis(0))},
        "usual": {"received": USUAL_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "progress/query_done": {
        "smallest": {"queried": Queried(QUERIED_REPORT, False)},
        "usual": {"queried": Queried(QUERIED_REPORT, True)},
        "largest": {"queried": Queried(LARGE_REPORT, False)},
    },
}
