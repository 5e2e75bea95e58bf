"""The register of a portfolio that is made up for a year, and what people do in it day by day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.domain.duties import Regime
from bot.domain.option_cycle import OptionEvent
from bot.domain.periods import Month
from bot.domain.plan_cycle import Ground, PlanEvent
from bot.models import (
    Audience,
    Channel,
    Contract,
    Digest,
    DocumentRecipient,
    DocumentVersion,
    ExtensionOption,
    Milestone,
    MilestoneKind,
    Organisation,
    OrganisationKind,
    Party,
    Person,
    PlanStatus,
    RectificationPlan,
    Report,
    Role,
    RoleName,
    Team,
)
from bot.services.remedies.plans import EventDetails
from bot.services.remedies.plans import settle as settle_plan
from bot.services.specification.memos import acknowledge
from bot.services.specification.options import decide
from bot.services.unit_of_work import ActorContext
from tests.builders import act, add_kpi, add_memo, contract
from tests.integration import year_clocks_entered
from tests.working_days import DAY, nine, nth_working_day
from tests.year import Agreement, Year

DETAILS = EventDetails(grounds=[Ground.DETAIL], opportunity="They had a month")
PLAN_EVENTS = (PlanEvent.RECEIVED, PlanEvent.REJECTED, PlanEvent.RECEIVED, PlanEvent.ACCEPTED)


def people_act(session: Session, portfolio: Sequence[Agreement], before: date, today: date, year: Year) -> None:
    """Meet what is met by today, send the reports that come by today, and settle what is settled since a day."""
    ids = {each.reference: key for key, each in session.execute(select(col(Contract.id), Contract))}
    for each in portfolio:
        _settle(session, each, before, today)
        year_clocks_entered.settle(session, each, before, today)
        met = [due.name for due in each.dues if due.met is not None and due.met <= today]
        of_it = (col(Milestone.contract_id) == ids[each.reference], col(Milestone.name).in_(met))
        session.execute(update(Milestone).where(*of_it).values(met_on=today))
        awaited = select(Report).where(
            col(Report.contract_id) == ids[each.reference], col(Report.received_at).is_(None)
        )
        for report in session.scalars(awaited):
            came = year.received(each, report.period)
            if came is not None and came <= today:
                report.received_at, report.reporter_id = nine(today), session.scalars(select(col(Person.id))).first()


def _settle(session: Session, each: Agreement, before: date, today: date) -> None:
    """Decide on options, acknowledge memos, and settle plans, whose day is after the one before, up to today."""

    def of(user: str) -> ActorContext:
        return act(session, user, nine(today))

    for due in each.options:
        if due.met is not None and before < due.met <= today:
            option = session.scalars(select(ExtensionOption).where(col(ExtensionOption.name) == due.name)).one()
            may_take = due.met <= due.on  # an option whose day has gone cannot be taken
            decision = OptionEvent.TAKEN if may_take and due.met.day % 2 else OptionEvent.DECLINED
            decide(of("U0SENIOROWNER"), option.public_id, decision, due.met, "We need it longer, or not")
    for due in each.memos:
        if due.met is not None and before < due.met <= today:
            of_it = col(DocumentVersion.subject) == due.name
            memo = session.scalars(select(DocumentRecipient).join(DocumentVersion).where(of_it)).one()
            acknowledge(of("U0CONTRACTMANAGER"), memo.public_id, due.met)
    for plan in each.plans:
        events = [*zip(plan.steps, PLAN_EVENTS, strict=False), (plan.failed, PlanEvent.FAILED)]
        for on, event in events:
            if on is not None and before < on <= today:
                row = session.scalars(select(RectificationPlan).where(col(RectificationPlan.title) == plan.name)).one()
                who = "U0SENIOROWNER" if event is PlanEvent.FAILED else "U0CONTRACTMANAGER"
                settle_plan(of(who), row.public_id, event, on, "It lacks the root cause", DETAILS)


def fill(session: Session, portfolio: Sequence[Agreement], begins: date) -> None:
    """The department, a partner, their people, and the contracts, as if they had been entered the day before."""
    ours = Organisation(key="ours", name="Department", kind=OrganisationKind.DEPARTMENT)
    theirs = Organisation(key="theirs", name="Partner", kind=OrganisationKind.COMPANY)
    session.add_all([ours, theirs])
    session.flush()
    people = {
        role: Person(slack=f"U0{role.name.replace('_', '')}", name=role.value, organisation_id=organisation.id)
        for role, organisation in (
            (RoleName.CONTRACT_MANAGER, ours),
            (RoleName.SENIOR_OWNER, ours),
            (RoleName.PARTNER_CONTACT, theirs),
        )
    }
    session.add_all(
        [*people.values(), channel := Channel(slack="C0ALL", audience=Audience.INTERNAL, created_at=nine(begins))]
    )
    session.flush()
    session.add(Team(slack="T0OURS", organisation_id=ours.id))
    session.add(Digest(channel_id=channel.id, weekday=0, hour=9, minute=0, since=nine(begins)))
    for each in portfolio:
        _enter(session, each, theirs, people, begins)
    session.flush()


def _enter(
    session: Session, each: Agreement, partner: Organisation, people: dict[RoleName, Person], begins: date
) -> None:
    ended, since = begins - DAY, nine(begins) - DAY
    row = contract(
        id=None,
        reference=each.reference,
        partner_id=partner.id,
        nation=each.nation,
        report_working_day=each.working_day,
        next_period=Month(ended.year, ended.month).key,
        next_report_at=nine(nth_working_day(begins, 1, each.nation)),
        created_at=since,
        visit_months=1,
        regime=Regime.ACT_2023,
        light_touch=True,  # so that the law asks for the notice of a failed plan, and for no assessment
    )
    session.add(row)
    session.flush()
    weekday, hour = each.weekly
    internal = Channel(slack=f"C0{each.reference}", contract_id=row.id, audience=Audience.INTERNAL, created_at=since)
    shared = Channel(slack=f"C0{each.reference}S", contract_id=row.id, audience=Audience.SHARED, created_at=since)
    add_kpi(session, contract_id=row.id)
    session.add_all([internal, shared])
    session.add_all(Role(contract_id=row.id, person_id=person.id, role=role) for role, person in people.items())
    session.flush()
    session.add(Digest(channel_id=internal.id, weekday=weekday, hour=hour, minute=0, since=nine(begins)))
    session.add_all(
        Milestone(contract_id=row.id, name=due.name, kind=MilestoneKind.MILESTONE, owed_by=Party.PARTNER, due_on=due.on)
        for due in each.dues
    )
    _enter_what_the_department_settles(session, each, row)
    year_clocks_entered.enter(session, each, row.id, {role: person.id for role, person in people.items()})


def _enter_what_the_department_settles(session: Session, each: Agreement, row: Contract) -> None:
    """Its options to extend, memos and plans."""
    long_ago = row.start_date
    session.add_all(
        ExtensionOption(contract_id=row.id, name=due.name, months=1, decide_by=due.on, recorded_on=long_ago)
        for due in each.options
    )
    for number, due in enumerate(each.memos):
        add_memo(session, row.id, number, due.name, long_ago, due.on)
    session.add_all(
        RectificationPlan(
            contract_id=row.id, title=plan.name, requested_on=long_ago, due_on=plan.on, status=PlanStatus.REQUESTED
        )
        for plan in each.plans
    )
