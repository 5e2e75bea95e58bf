"""The page of a contract: its purpose, people, ratings, due items, risks and last contact."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.missing import Missing
from bot.domain.plan_cycle import BEFORE_PLAN, PLAN
from bot.domain.ratings import Rating, worst
from bot.domain.scores import Grade, order
from bot.models import (
    Audience,
    Contact,
    Contract,
    Escalation,
    ExtensionOption,
    LegalHold,
    Person,
    RectificationPlan,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.audits.audit_pages import FindingLine, finding_lines
from bot.services.certificates.certificates import CertificateLine, lines
from bot.services.due import due_lines
from bot.services.due.contract_duties import duties_of, is_assessment
from bot.services.due.due_lines import DueLine
from bot.services.due.sources.plans import AWAITED, FORM, TO_DECIDE
from bot.services.escalations.settled import SettledLine, settled_by_people
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.contact_entries import is_current
from bot.services.lookup.missing import missing_on
from bot.services.lookup.risks import rules_in_force
from bot.services.money import credits
from bot.services.money.credits import CreditInList
from bot.services.progress.kpi_history import KpiLine, kpi_lines
from bot.services.remedies import interventions, remedy_list
from bot.services.remedies.interventions import InterventionCard
from bot.services.remedies.proposals import LevelProposal, Proposal, proposed_to
from bot.services.remedies.remedy_list import RemedyLine
from bot.services.unit_of_work import ActorContext

SOON = timedelta(days=90)  # a duty that is years away is left out


@dataclass(frozen=True)
class RiskOnPage:
    """A risk that is not closed; an issue is one that has happened. `grade` is None if it is not assessed."""

    risk: Risk
    grade: Grade | None


@dataclass(frozen=True)
class ContractPage:
    """The content of the page. `plans` are the rectification plans in force, each with the button that says what became
    of it, if the actor may say so; `proposed` are the KPIs for which one is proposed, and `levels` the interventions
    that are recommended beside those in force; `settled` is what somebody settled while its record is open, `hold` its
    legal hold."""

    contract: Contract
    partner: str
    people: Mapping[RoleName, Sequence[Person]]
    options: Sequence[ExtensionOption]
    kpis: Sequence[KpiLine]
    due: Sequence[DueLine]
    risks: Sequence[RiskOnPage]
    last_contact: Contact | None
    last_contact_by: str
    plans: Sequence[DueLine] = ()
    proposed: Sequence[Proposal] = ()
    interventions: Sequence[InterventionCard] = ()
    levels: Sequence[LevelProposal] = ()
    missing: Sequence[Missing] = ()
    certificates: Sequence[CertificateLine] = ()
    findings: Sequence[FindingLine] = ()
    credits: Sequence[CreditInList] = ()
    settled: Sequence[SettledLine] = ()
    hold: LegalHold | None = None

    @property
    def rating(self) -> Rating:
        """The worst rating of the last report."""
        return worst([line.last.rating for line in self.kpis if line.last])

    @property
    def has_report(self) -> bool:
        """Whether a report has come."""
        return any(line.last for line in self.kpis)


def contract_page(ctx: ActorContext, typed: str) -> ContractPage:
    """The page of a contract that the actor may see. A constant number of queries.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract, hold = _with_its_hold(ctx, facts.id)
    contact, author = _last_contact(ctx, contract.id)
    kpis = kpi_lines(ctx, contract.id, inside=True)
    found = due_lines.lines(ctx, due_lines.due_on_contract(ctx, contract.id, Audience.INTERNAL))
    here = col(Contract.id) == contract.id
    remedies, proposed = remedy_list.lines(ctx, here), proposed_to(ctx, here)
    duties = [
        DueLine(contract.reference, duty.name, duty.due, duty.due < ctx.today)
        for duty in duties_of(contract, len(kpis)).duties
        if duty.due and duty.due <= ctx.today + SOON and not duty.met and not is_assessment(duty)
    ]
    return ContractPage(
        contract=contract,
        partner=facts.partner,
        people=_people(ctx, contract.id),
        options=_options(ctx, contract.id),
        kpis=kpis,
        due=sorted([*duties, *found], key=lambda line: line.on),
        risks=_risks(ctx, contract.id),
        last_contact=contact,
        last_contact_by=author,
        plans=_plans_in_force(contract, remedies),
        proposed=proposed.plans,
        interventions=interventions.cards(ctx, here),
        levels=proposed.levels,
        missing=missing_on(ctx, contract),
        certificates=lines(ctx, here),
        findings=finding_lines(ctx, here),
        credits=credits.lines(ctx, here),
        settled=settled_by_people(ctx, col(Escalation.contract_id) == contract.id),
        hold=hold,
    )


def _with_its_hold(ctx: ActorContext, contract_id: int) -> tuple[Contract, LegalHold | None]:
    held = select(Contract, LegalHold).outerjoin(LegalHold, col(LegalHold.contract_id) == col(Contract.id))
    contract, hold = ctx.session.execute(held.where(col(Contract.id) == contract_id)).one()
    return contract, hold


def _options(ctx: ActorContext, contract_id: int) -> Sequence[ExtensionOption]:
    option = ExtensionOption
    in_force = (col(option.contract_id) == contract_id, col(option.ended_on).is_(None))
    return ctx.session.scalars(select(option).where(*in_force).order_by(col(option.decide_by))).all()


def _plans_in_force(contract: Contract, remedies: Sequence[RemedyLine]) -> list[DueLine]:
    """The shortfalls on which nothing falls due until somebody says what became of them: concerns, plans that were
    accepted and are not over, and those that came again in the watch after their cure."""
    return [
        DueLine(
            contract.reference,
            f"{line.plan.title}, {line.plan.status}",
            line.plan.stands_since,
            False,
            FORM if line.can_update else None,
            line.plan.public_id,
            line.note,
        )
        for line in remedies
        if line.recurred or _is_in_force(line.plan)
    ]


def _is_in_force(plan: RectificationPlan) -> bool:
    has_day = plan.status in BEFORE_PLAN and plan.due_on is not None
    return plan.status in PLAN.open_states - AWAITED - TO_DECIDE and not has_day


def _people(ctx: ActorContext, contract_id: int) -> dict[RoleName, list[Person]]:
    found: dict[RoleName, list[Person]] = defaultdict(list)
    rows = ctx.session.execute(
        select(col(Role.role), Person)
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id) == contract_id)
        .order_by(col(Person.name))
    )
    for role, person in rows:
        found[role].append(person)
    return {role: found[role] for role in RoleName if role in found}


def _risks(ctx: ActorContext, contract_id: int) -> list[RiskOnPage]:
    rows = ctx.session.scalars(
        select(Risk).where(col(Risk.contract_id) == contract_id, col(Risk.status) != RiskStatus.CLOSED)
    )
    rules = rules_in_force(ctx.session)
    lines = [RiskOnPage(risk, rules.grade_if_any(risk.likelihood, risk.impact)) for risk in rows]
    return sorted(lines, key=lambda line: (order(line.grade), line.risk.id))


def _last_contact(ctx: ActorContext, contract_id: int) -> tuple[Contact | None, str]:
    row = ctx.session.execute(
        select(Contact, col(Person.name))
        .join(Person, col(Person.id) == col(Contact.author_id))
        .where(col(Contact.contract_id) == contract_id, is_current())
        .order_by(col(Contact.happened_on).desc(), col(Contact.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (None, "")
