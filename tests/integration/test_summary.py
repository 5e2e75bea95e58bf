"""The weekly summary: its numbers, worked out a second time from the portfolio file itself, and when it is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.digests import MONDAY_MORNING, last_due
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.domain.scores import Band
from bot.models import Audience, Channel, Contract, OutboxMessage, Report, Risk, RiskStatus
from bot.services.digest import monthly, summary
from bot.services.digest.dated_items import DatedItem, Scope
from bot.services.digest.summary import Summary
from bot.services.pages import partners as partner_pages
from bot.services.pages.home import home_page
from bot.services.progress import report_decisions
from bot.services.progress.standings import ContractStanding
from tests.builders import CALENDAR, DAY, HOUR, MINUTE, MONDAY, act, contract_named, open_all, run_job, work
from tests.counting import counted
from tests.samples import doubled, imported, of_contract, sample_sheets

DATA = sample_sheets()
REFERENCES = [each["reference"] for each in DATA["contracts"]]
LEVELS = ("Good", "Approaching target", "Requires improvement", "Inadequate")
WORDS = {
    "likelihood": ["rare", "unlikely", "possible", "likely", "almost certain"],
    "impact": ["negligible", "minor", "moderate", "major", "severe"],
}
CLOSED_DAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}  # in England and Wales

MEMO_3 = "Change memo 3 to be acknowledged: Revised guidance on checking job outcomes"


def level(kpi: dict[str, Any], figure: float | None) -> int:
    """How bad a figure is, 0 to 3; -1 for none."""
    if figure is None:
        return -1
    cut_offs = [Decimal(str(kpi[name])) for name in ("good", "approaching", "requires_improvement")]
    value = Decimal(str(figure))
    beaten = [value >= each if kpi["direction"] == "higher is better" else value <= each for each in cut_offs]
    return beaten.index(True) if True in beaten else 3


def value(figure: dict[str, Any]) -> float | None:
    """The figure of a row of the sample: the value that it says, or its part in per cent of the whole."""
    if "part" not in figure:
        return figure.get("value")
    scale = {"complaints": 1_000, "misdirected": 100_000}.get(figure["kpi"], 100)
    return float(Decimal(figure["part"]) * scale / Decimal(figure["whole"]))


def levels(reference: str) -> list[int]:
    """The worst level of each report of a contract that came in, oldest first."""
    figures = {(each["period"], each["kpi"]): value(each) for each in of_contract(DATA, "figures", reference)}
    kpis = of_contract(DATA, "kpis", reference)
    return [
        max(level(kpi, figures[report["period"], kpi["code"]]) for kpi in kpis)
        for report in of_contract(DATA, "reports", reference)
        if "received" in report
    ]


def points(risk: dict[str, Any]) -> int:
    return (WORDS["likelihood"].index(risk["likelihood"]) + 1) * (WORDS["impact"].index(risk["impact"]) + 1)


def working_days_late(due: date) -> int:
    days = (due + timedelta(days=n) for n in range(1, (MONDAY.date() - due).days + 1))
    return sum(day.weekday() < 5 and day not in CLOSED_DAYS for day in days)


def built(session: Session, now: datetime = MONDAY) -> Summary:
    open_all(work(session, now))
    return summary.build(work(session, now), Scope())


def standings_of(session: Session) -> list[ContractStanding]:
    return [line.standing for line in built(session).lines]


def test_every_contract_stands_where_its_last_report_puts_it(unchanged: Database) -> None:
    expected = {each: LEVELS[levels(each)[-1]] for each in REFERENCES}
    before = {each: LEVELS[levels(each)[-2]] for each in REFERENCES}
    with unchanged.rehearsing() as session:
        standings = [line.standing for line in built(session).lines]
    assert {each.contract.reference: each.rating.value for each in standings} == expected
    assert {each.contract.reference: each.before and each.before.value for each in standings} == before
    assert len(set(expected.values())) > 2


def test_the_worst_come_first(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        order = [(-each.rating.severity, each.contract.reference) for each in standings_of(session)]
    assert order == sorted(order)
    assert order[0] == (-3, "HA-EW")


def test_the_headline_counts_what_moved_and_what_needs_attention(unchanged: Database) -> None:
    pairs = [levels(each)[-2:] for each in REFERENCES]
    poor = {each for each in REFERENCES if levels(each)[-1] >= 2}
    very_high = {risk["contract"] for risk in DATA["risks"] if points(risk) >= 15}
    late = {"SE-CW", "WP-NE"}  # the report for November, and change memo 3
    with unchanged.rehearsing() as session:
        found = built(session)
    assert found.moved_worse == sum(after > before for before, after in pairs)
    assert found.moved_better == sum(after < before for before, after in pairs)
    assert {each.line.standing.contract.reference for each in found.needs} == poor | very_high | late
    changed = {each.line.standing.contract.reference for each in found.changes}
    assert changed == {each for each, (before, after) in zip(REFERENCES, pairs, strict=True) if before != after}
    assert found.moved_worse > 0
    assert found.moved_better > 0


def test_what_needs_attention_is_counted_alike_in_summaries_and_on_the_page_of_who_sees_every_contract(
    unchanged: Database,
) -> None:
    """IT-CH is rated Good, and nothing on it is late: a very high risk alone is enough."""
    with unchanged.rehearsing() as session:
        before = {each.line.standing.contract.reference for each in built(session).needs}
        risks = select(Risk).where(col(Risk.contract_id) == contract_named(session, "IT-CH").id)
        risk = session.scalars(risks.where(col(Risk.status) == RiskStatus.OPEN)).first()
        assert risk is not None
        risk.likelihood = risk.impact = 5
        session.flush()
        now = {each.line.standing.contract.reference for each in built(session).needs}
        assert (before | {"IT-CH"}, len(now)) == (now, 7)
        assert home_page(act(session, "U0NADIA")).attention == 7
        contracts = {each.id: each for each in session.scalars(select(Contract))}
        assert monthly.build(work(session), contracts, Month(2026, 11)).attention == 7


def test_what_is_late_is_listed_with_how_late(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        late = [(item.contract, item.what, item.on, item.days, item.note) for item in built(session).late]
    assert late == [
        ("WP-NE", "Pay invoice NF-1044: £1.52 million", date(2026, 11, 14), 33, ""),
        ("SE-CW", "Report for November 2026", date(2026, 12, 3), 0, "not asked yet"),
        ("WP-NE", MEMO_3, date(2026, 12, 17), 0, "not asked yet"),
    ]


def test_what_is_due_today_is_coming_and_not_late(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        on_the_day = built(session, datetime(2027, 1, 6, 12, tzinfo=UTC))
        assert "Report for December 2026" not in {item.what for item in on_the_day.late}
        assert any(item.what == "Report for December 2026" for item in on_the_day.coming)
        for report in session.scalars(select(Report)):
            report.asked_on = report.due_on
        session.flush()
        the_day_after = built(session, datetime(2027, 1, 7, 12, tzinfo=UTC))
        assert {item.days for item in the_day_after.late if item.what == "Report for December 2026"} == {1}


def test_what_is_coming_up_is_listed_by_its_day(unchanged: Database) -> None:
    """Eleven reports share a day, so they share a line; a partner said that something is done, which waits for the
    department; the decision on DE-SW is four weeks away."""
    with unchanged.rehearsing() as session:
        coming = built(session).coming
    assert [(item.what, item.on) for item in coming] == [
        ("Report for December 2026", date(2027, 1, 6)),
        ("For the department to confirm: Sign-language interpreters on call at weekends", date(2027, 1, 7)),
        ("Decide: extension of 12 months", date(2027, 2, 1)),
    ]
    assert coming[0].contract == "CC-OT, DE-SW, FM-JC and 8 others"
    assert [each.contract for each in coming[1:]] == ["LS-IN", "DE-SW"]


def test_open_risks_that_are_high_are_listed_by_their_score(unchanged: Database) -> None:
    expected = sorted((points(risk), risk["title"]) for risk in DATA["risks"] if points(risk) >= 10)
    with unchanged.rehearsing() as session:
        found = built(session).risks.high
    assert sorted((risk.score, risk.title) for risk in found) == expected
    assert [risk.score for risk in found] == sorted((risk.score for risk in found), reverse=True)
    assert {risk.grade and risk.grade.band for risk in found} <= {Band.HIGH, Band.VERY_HIGH}


def test_a_plan_that_failed_is_listed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert [(item.contract, item.what) for item in built(session).failed_plans] == [
            ("HA-EW", "Bring average clearance back to 23 working days")
        ]


def test_the_reason_of_a_standing_names_the_worst_figure_and_one_that_is_missing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        why = {each.contract.reference: each.why for each in standings_of(session)}
    assert why["HA-EW"] == "Average clearance time: 29.3 working days against 20 working days"
    assert why["LS-IN"].endswith("; no figure for Telephone interpreter connected within 60 seconds")


def test_an_answer_that_is_awaited_is_due_as_many_working_days_after_the_query_as_a_report_has(
    unchanged: Database,
) -> None:
    """Three on WP-NE: asked on Monday 4 January, it is due on Thursday, and late from Friday."""
    with unchanged.rehearsing() as session:
        november = (col(Report.period) == "2026-11", col(Report.contract_id) == 1)
        report = session.scalars(select(Report).where(*november)).one()
        report_decisions.query(act(session, "U0AMIRA"), report.public_id, report.version, "Why?")
        report.query_asked_on = MONDAY.date()
        session.flush()
        answer, thursday = "Answer to the query about the report for November 2026", date(2027, 1, 7)
        coming = [item for item in built(session).coming if item.what == answer]
        assert coming == [DatedItem("WP-NE", answer, thursday)]
        friday = built(session, MONDAY + 4 * DAY)
        assert [(item.contract, item.on, item.days) for item in friday.late if item.what == answer] == [
            ("WP-NE", thursday, 1)
        ]
        assert answer not in [item.what for item in friday.coming]
        due = partner_pages.partner_card(act(session, "U0PRIYA", MONDAY + 4 * DAY), "WP-NE").due
        assert [item.late for item in due if item.what == answer and item.on == thursday] == [True]


def test_a_contract_that_never_reported_says_so(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        owner = contract_named(session, "WP-NE").id
        session.execute(
            update(Report)
            .where(col(Report.contract_id) == owner)
            .values(received_at=None, reporter_id=None, decision=None, decided_at=None, rag=None)
        )
        (standing,) = [each for each in standings_of(session) if each.contract.id == owner]
    assert (standing.rating, standing.before, standing.movement) == (Rating.OTHER, None, None)
    assert (standing.period, standing.why) == (None, "no report yet")


def test_an_empty_register_has_an_empty_summary(still_empty: Database) -> None:
    with still_empty.rehearsing() as session:
        found = summary.build(work(session), Scope())
    assert (found.needs, found.changes, found.moved_worse, found.is_sample) == ([], [], 0, False)
    listed = (found.lines, found.late, found.coming, found.risks.high, found.failed_plans)
    assert [list(each) for each in listed] == [[]] * 5


LONDON_9AM = [
    # now, and the instant of the latest summary before it; what is special about the week
    (datetime(2027, 1, 4, 9, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC), "a usual Monday at 9am"),
    (
        datetime(2027, 1, 4, 8, 59, tzinfo=UTC),
        datetime(2026, 12, 29, 9, tzinfo=UTC),
        "the week of Boxing Day's substitute",
    ),
    (datetime(2027, 1, 10, 23, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC), "the Sunday after"),
    (datetime(2027, 5, 3, 12, tzinfo=UTC), datetime(2027, 4, 26, 8, tzinfo=UTC), "the early May bank holiday"),
    (datetime(2027, 5, 4, 7, 59, tzinfo=UTC), datetime(2027, 4, 26, 8, tzinfo=UTC), "a minute before it is made up"),
    (datetime(2027, 5, 4, 8, tzinfo=UTC), datetime(2027, 5, 4, 8, tzinfo=UTC), "the Tuesday after, at 9am"),
    (datetime(2027, 3, 29, 12, tzinfo=UTC), datetime(2027, 3, 22, 9, tzinfo=UTC), "Easter Monday"),
    (
        datetime(2027, 3, 30, 8, tzinfo=UTC),
        datetime(2027, 3, 30, 8, tzinfo=UTC),
        "Tuesday after the clocks went forward",
    ),
    (datetime(2027, 10, 25, 8, tzinfo=UTC), datetime(2027, 10, 25, 8, tzinfo=UTC), "the Monday before they go back"),
    (
        datetime(2027, 11, 1, 8, 59, tzinfo=UTC),
        datetime(2027, 10, 25, 8, tzinfo=UTC),
        "before 9am after they went back",
    ),
    (datetime(2027, 11, 1, 9, tzinfo=UTC), datetime(2027, 11, 1, 9, tzinfo=UTC), "9am after they went back"),
    (datetime(2027, 12, 28, 12, tzinfo=UTC), datetime(2027, 12, 20, 9, tzinfo=UTC), "Christmas, with two days off"),
    (datetime(2027, 12, 29, 9, tzinfo=UTC), datetime(2027, 12, 29, 9, tzinfo=UTC), "the Wednesday after Christmas"),
]


@pytest.mark.parametrize(("now", "due"), [pytest.param(*each[:2], id=each[2]) for each in LONDON_9AM])
def test_the_summary_is_due_on_monday_at_9am_in_london_or_the_first_working_morning_after(
    now: datetime, due: datetime
) -> None:
    assert last_due(MONDAY_MORNING, CALENDAR.of(Nation.ENGLAND_AND_WALES), now) == due


def test_each_portfolio_channel_gets_it_once_and_none_from_before_it_was_bound(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "summary", MONDAY) == 1
        session.add(Channel(slack="C0SECOND", audience=Audience.INTERNAL, created_at=MONDAY + MINUTE))
        session.flush()
        assert run_job(session, "summary", MONDAY + HOUR) == 0
        assert run_job(session, "summary", MONDAY + 7 * DAY) == 2
        sent = session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
        sent = [message for message in sent if message.thread_of_id is None]
    assert [message.channel for message in sent] == ["C0PORTFOLIO", "C0PORTFOLIO", "C0SECOND"]
    assert {message.audience for message in sent} == {Audience.INTERNAL}


def test_the_number_of_queries_does_not_grow_with_the_portfolio(unchanged: Database) -> None:
    counts = []
    with unchanged.rehearsing() as session:
        for size in (12, 24):
            if size == 24:
                imported(work(session), doubled())
            open_all(work(session))
            session.flush()
            session.expire_all()
            with counted(session) as statements:
                found = summary.build(work(session), Scope())
            assert len(found.lines) == size
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 41, "one for each kind of what is due, three for the next visits, and some"


def test_a_risk_that_has_happened_stays_listed_until_it_is_closed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        before = built(session).risks.high
        risk = session.get_one(Risk, int(before[0].reference[2:]))
        risk.status, risk.happened = RiskStatus.ISSUE, "It came"
        session.flush()
        assert [each.happened for each in built(session).risks.high] == [True, *[False] * (len(before) - 1)]
        risk.status, risk.closed_on, risk.closing_reason = RiskStatus.CLOSED, MONDAY.date(), "It went"
        session.flush()
        assert built(session).risks.high == before[1:]
