"""A contract on one page: what it is for, who, how it goes, what is due, what may happen, what was said last."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.domain.periods import Month
from bot.domain.ratings import Movement, Rating, movement, worst
from bot.domain.scores import Band, Impact, Likelihood, band, score
from bot.models import (
    Contact,
    Contract,
    ExtensionOption,
    Kpi,
    Memo,
    Person,
    PlanStatus,
    Reading,
    RectificationPlan,
    Report,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services import register
from bot.services.work import Act

REPORTS_SHOWN = 6  # of a KPI's trend
DONE_PLANS = (PlanStatus.CURED, PlanStatus.FAILED)


@dataclass(frozen=True)
class Figure:
    """One KPI's figure in one report."""

    period: str
    value: Decimal | None
    rating: Rating


@dataclass(frozen=True)
class KpiLine:
    """A KPI with its figures, the newest first."""

    kpi: Kpi
    figures: Sequence[Figure]

    @property
    def last(self) -> Figure | None:
        """The figure of the last report that has the KPI."""
        return self.figures[0] if self.figures else None

    @property
    def movement(self) -> Movement | None:
        """How the last rating compares with the one before."""
        return movement(self.figures[1].rating, self.figures[0].rating) if len(self.figures) > 1 else None


@dataclass(frozen=True)
class DueItem:
    """Something with a day, and whether that day has gone."""

    what: str
    on: date
    late: bool


@dataclass(frozen=True)
class RiskLine:
    """An open risk."""

    risk: Risk
    band: Band
    score: int


@dataclass(frozen=True)
class Card:
    """Everything on the page."""

    contract: Contract
    partner: str
    people: Mapping[RoleName, Sequence[Person]]
    options: Sequence[ExtensionOption]
    kpis: Sequence[KpiLine]
    due: Sequence[DueItem]
    risks: Sequence[RiskLine]
    last_contact: Contact | None
    last_contact_by: str

    @property
    def rating(self) -> Rating:
        """The worst rating of the last report."""
        return worst([line.last.rating for line in self.kpis if line.last])


def contract_card(act: Act, typed: str) -> Card:
    """The page of a contract that the actor may see. A constant number of queries.

    NoSuchContract, SeveralContracts, Denied.
    """
    facts = register.contract_for(act, typed, Action.SEE)
    contract = act.session.get_one(Contract, facts.id)
    options = act.session.scalars(
        select(ExtensionOption)
        .where(col(ExtensionOption.contract_id) == contract.id)
        .order_by(col(ExtensionOption.decide_by))
    ).all()
    contact, author = _last_contact(act, contract.id)
    return Card(
        contract=contract,
        partner=facts.partner,
        people=_people(act, contract.id),
        options=options,
        kpis=_kpis(act, contract.id),
        due=sorted(_due(act, contract, options), key=lambda item: (item.on, item.what)),
        risks=_risks(act, contract.id),
        last_contact=contact,
        last_contact_by=author,
    )


def _people(act: Act, contract_id: int) -> dict[RoleName, list[Person]]:
    found: dict[RoleName, list[Person]] = defaultdict(list)
    rows = act.session.execute(
        select(col(Role.role), Person)
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id) == contract_id)
        .order_by(col(Person.name))
    )
    for role, person in rows:
        found[role].append(person)
    return {role: found[role] for role in RoleName if role in found}


def _kpis(act: Act, contract_id: int) -> list[KpiLine]:
    last = (
        select(col(Report.id), col(Report.period))
        .where(col(Report.contract_id) == contract_id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(REPORTS_SHOWN)
        .subquery()
    )
    figures: dict[int, list[Figure]] = defaultdict(list)
    readings = act.session.execute(
        select(Reading, last.c.period).join(last, last.c.id == col(Reading.report_id)).order_by(last.c.period.desc())
    )
    for reading, period in readings:
        figures[reading.kpi_id].append(Figure(str(Month.parse(period)), reading.value, reading.rating))
    kpis = act.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract_id).order_by(col(Kpi.id)))
    return [KpiLine(kpi, figures[kpi.id]) for kpi in kpis]


def _due(act: Act, contract: Contract, options: Sequence[ExtensionOption]) -> list[DueItem]:
    """Reports that are awaited, decisions to extend, memos not acknowledged and plans that are open."""

    def item(what: str, on: date) -> DueItem:
        return DueItem(what, on, on < act.today)

    reports = act.session.scalars(
        select(Report).where(col(Report.contract_id) == contract.id, col(Report.received_at).is_(None))
    )
    memos = act.session.scalars(
        select(Memo).where(col(Memo.contract_id) == contract.id, col(Memo.acknowledged_on).is_(None))
    )
    plans = act.session.scalars(
        select(RectificationPlan).where(
            col(RectificationPlan.contract_id) == contract.id, col(RectificationPlan.status).not_in(DONE_PLANS)
        )
    )
    return [
        *(item(f"Report for {Month.parse(report.period)}", report.due_on) for report in reports),
        *(item(f"Decide: {option.name[:1].lower()}{option.name[1:]}", option.decide_by) for option in options),
        *(item(f"Change memo {memo.number} to be acknowledged", memo.acknowledge_by) for memo in memos),
        *(item(f"Rectification plan: {plan.title}", plan.due_on) for plan in plans),
    ]


def _risks(act: Act, contract_id: int) -> list[RiskLine]:
    rows = act.session.scalars(
        select(Risk).where(col(Risk.contract_id) == contract_id, col(Risk.status) == RiskStatus.OPEN)
    )
    lines = []
    for risk in rows:
        likelihood, impact = Likelihood(risk.likelihood), Impact(risk.impact)
        lines.append(RiskLine(risk, band(likelihood, impact), score(likelihood, impact)))
    return sorted(lines, key=lambda line: (-line.band.severity, -line.score, line.risk.id))


def _last_contact(act: Act, contract_id: int) -> tuple[Contact | None, str]:
    row = act.session.execute(
        select(Contact, col(Person.name))
        .join(Person, col(Person.id) == col(Contact.author_id))
        .where(col(Contact.contract_id) == contract_id)
        .order_by(col(Contact.happened_on).desc(), col(Contact.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (None, "")
