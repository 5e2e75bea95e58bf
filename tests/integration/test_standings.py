"""How contracts stand and which reports wait, held against a plain reading of every report, over random histories."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.ratings import Rating, worst
from bot.domain.waiting import Waiting
from bot.models import Contract, Kpi, Person, Reading, Report, ReportDecision, ReportState, Role, RoleName
from bot.scopes import EVERYWHERE
from bot.services.pages.waiting import WaitingItem, waiting_on
from bot.services.progress.standings import ContractStanding, RankedContract, ReportedReport, ranked, standings
from tests.builders import DAY, MONDAY, act, add_kpi, contract_named
from tests.builders import contract as new_contract

AMIRA, PRIYA = "U0AMIRA", "U0PRIYA"
KPIS = 2
REPORT_KINDS = {
    ReportState.AWAITED: Waiting.LATE_REPORT,
    ReportState.RECEIVED: Waiting.UNDECIDED_REPORT,
    ReportState.QUERIED: Waiting.QUERIED_REPORT,
}


@dataclass(frozen=True)
class MadeUp:
    """A report of a random history: what became of it, its days, and the ratings of its figures as they were computed
    and as they are in force."""

    state: ReportState
    due_in: int
    came_before: timedelta
    revised: bool
    ratings: Sequence[tuple[Rating, Rating]]


REPORTS = st.builds(
    MadeUp,
    st.sampled_from(ReportState),
    st.integers(-40, 3),
    st.integers(1, 100).map(lambda hours: timedelta(hours=hours)),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(Rating), st.sampled_from(Rating)), max_size=KPIS),
)
HISTORIES = st.lists(st.lists(REPORTS, max_size=5), min_size=1, max_size=4)


@settings(max_examples=40)
@given(HISTORIES, st.integers(1, 6))
def test_ranks_standings_and_waiting_reports_are_what_all_reports_say(
    unchanged: Database, histories: list[list[MadeUp]], most: int
) -> None:
    with unchanged.rehearsing() as session:
        _write(session, histories)
        asker = act(session, AMIRA)
        contracts = {each.id: each for each in session.scalars(select(Contract))}
        told = {each: _last_two(session, each) for each in contracts}

        stand = standings(asker, contracts)
        assert {each.contract.id: _as_told(each.reports) for each in stand} == told
        expected = [
            _ranked(each, [worst(ratings) for _, _, _, ratings in told[each.id]]) for each in contracts.values()
        ]
        expected.sort(key=lambda each: (-each.rating.severity, each.reference))
        assert ranked(asker, EVERYWHERE) == expected
        assert [_as_ranked(each) for each in stand] == expected

        waiting = sorted(_waiting(session), key=lambda item: (list(Waiting).index(item.kind), item.on, item.contract))
        rows, more = waiting_on(asker, [], 1000)
        others = [each for each in rows if each.kind not in REPORT_KINDS.values()]
        assert [each for each in rows if each not in others] == waiting
        assert more == 0
        assert waiting_on(asker, [], most) == (rows[:most], max(len(rows) - most, 0))


def _write(session: Session, histories: list[list[MadeUp]]) -> None:
    """Contracts of Amira's with these histories, the oldest report first."""
    people = {person.slack: person.id for person in session.scalars(select(Person))}
    partner = contract_named(session, "WP-NE").partner_id
    for number, history in enumerate(histories):
        contract = new_contract(id=None, reference=f"X-{number}", partner_id=partner)
        session.add(contract)
        session.flush()
        session.add(Role(contract_id=contract.id, person_id=people[AMIRA], role=RoleName.CONTRACT_MANAGER))
        kpis = [add_kpi(session, number=each + 1, contract_id=contract.id) for each in range(KPIS)]
        for month, made_up in zip(count(), history):
            report = _report(contract.id, month, made_up, people)
            session.add(report)
            session.flush()
            if made_up.state is not ReportState.AWAITED:
                session.add_all(map(_reading, [report] * KPIS, kpis, made_up.ratings))
    session.flush()


def _report(contract_id: int, month: int, made_up: MadeUp, people: dict[str, int]) -> Report:
    came = MONDAY - made_up.came_before
    report = Report(
        contract_id=contract_id,
        period=f"{2025 + month // 3}-{10 + month % 3}",
        due_on=MONDAY.date() + made_up.due_in * DAY,
        prompt_at=MONDAY,
    )
    if made_up.state is not ReportState.AWAITED:
        report.received_at, report.reporter_id = came, people[PRIYA]
        report.revised_at = came + timedelta(minutes=30) if made_up.revised else None
    if made_up.state in (ReportState.QUERIED, ReportState.ACCEPTED):
        report.decision, report.decided_at = ReportDecision(made_up.state.value), MONDAY
    if made_up.state is ReportState.QUERIED:
        report.decided_by_id, report.query, report.queries = people[AMIRA], "Why?", 1
    return report


def _reading(report: Report, of: Kpi, ratings: tuple[Rating, Rating]) -> Reading:
    computed, in_force = ratings
    overridden = in_force is not computed
    return Reading(
        report_id=report.id,
        kpi_id=of.id,
        value=Decimal(97),
        computed=computed,
        rating=in_force,
        override_reason="Seen on a visit" if overridden else "",
        overridden_at=MONDAY if overridden else None,
        overridden_by_id=report.reporter_id if overridden else None,
    )


Told = tuple[str, datetime | None, bool, list[Rating]]


def _as_told(reports: Iterable[ReportedReport]) -> list[Told]:
    return [(each.period, each.came_at, each.accepted, [figure.rating for figure in each.figures]) for each in reports]


def _last_two(session: Session, contract_id: int) -> list[Told]:
    """The last two reports that came of a contract, the newest first, without one that has no figure."""
    rows = session.scalars(select(Report).where(col(Report.contract_id) == contract_id)).all()
    came = sorted((row for row in rows if row.received_at), key=lambda row: row.period, reverse=True)[:2]
    figures: dict[int, list[Rating]] = defaultdict(list)
    for reading in session.scalars(select(Reading).order_by(col(Reading.kpi_id))):
        figures[reading.report_id].append(reading.rating)
    return [
        (row.period, row.revised_at or row.received_at, row.state is ReportState.ACCEPTED, figures[row.id])
        for row in came
        if row.id in figures
    ]


def _ranked(contract: Contract, ratings: Sequence[Rating]) -> RankedContract:
    last, before = ([*ratings, None, None])[:2]
    return RankedContract(contract.id, contract.reference, last or Rating.OTHER, before, last is not None)


def _as_ranked(standing: ContractStanding) -> RankedContract:
    contract = standing.contract
    return RankedContract(contract.id, contract.reference, standing.rating, standing.before, bool(standing.reports))


def _waiting(session: Session) -> list[WaitingItem]:
    """The reports that wait for Amira, each contract's first with the number of the others."""
    rows = session.execute(
        select(Report, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Person.slack) == AMIRA, col(Role.role) == RoleName.CONTRACT_MANAGER)
        .order_by(col(Report.period))
    )
    found: dict[tuple[str, Waiting], list[Report]] = defaultdict(list)
    for row, reference in rows:
        if row.state in REPORT_KINDS and (row.received_at or row.due_on < MONDAY.date()):
            found[reference, REPORT_KINDS[row.state]].append(row)
    return [_item(kind, reference, reports) for (reference, kind), reports in found.items()]


def _item(kind: Waiting, contract: str, reports: Sequence[Report]) -> WaitingItem:
    late = kind is Waiting.LATE_REPORT
    shown = reports[0] if late else reports[-1]
    came = shown.revised_at or shown.received_at
    on: date = london(came).date() if came else shown.due_on
    item = WaitingItem(kind, contract, shown.id, str(Month.parse(shown.period)), on, late, key=shown.public_id)
    asked_later = shown.asked_on is not None and shown.asked_on > shown.due_on
    note = "not asked yet" if shown.asked_on is None else f"not asked until {shown.asked_on:%-d %B %Y}"
    said = note if late and (shown.asked_on is None or asked_later) else ""
    return replace(item, others=len(reports) - 1, note=said)
