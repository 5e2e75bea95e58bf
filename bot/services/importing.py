"""Importing a portfolio: all of it or nothing, in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot.domain.calendar import next_working_morning
from bot.domain.london import london_instant
from bot.domain.periods import Month, report_due
from bot.domain.scores import band, review_days
from bot.errors import UserError
from bot.models import (
    Audience,
    Channel,
    Contract,
    ExtensionOption,
    Kpi,
    Memo,
    Organisation,
    OrganisationKind,
    Person,
    Reading,
    RectificationPlan,
    Report,
    Risk,
    Role,
    RoleName,
    Team,
)
from bot.services.portfolio_file import ContractRow, PortfolioFile, ReportRow, RiskRow
from bot.services.reports import first_report_at, rated
from bot.services.work import Work

DEPARTMENT = "department"

Row = TypeVar("Row", bound=SQLModel)


class CannotImport(UserError):
    """The file reads well, but what it says does not fit together or with the register."""


@dataclass(frozen=True)
class Imported:
    """What an import added."""

    partners: int
    people: int
    contracts: int


def import_portfolio(work: Work, file: PortfolioFile) -> Imported:
    """Add a portfolio to the register. CannotImport names what does not fit; the caller's transaction ends then."""
    _refuse_known_contracts(work, file)
    organisations = _add_organisations(work, file)
    people = _add_people(work, file, organisations)
    if file.channels.portfolio is not None:
        work.session.add(_channel(work, file.channels.portfolio, None, Audience.INTERNAL))
    for row in file.contracts:
        _add_contract(work, file, row, organisations, people)
    work.session.flush()
    return Imported(len(file.partners), len(file.people), len(file.contracts))


def _refuse_known_contracts(work: Work, file: PortfolioFile) -> None:
    references = [row.reference for row in file.contracts]
    _refuse_repeats("contract", references)
    _refuse_repeats("partner", [row.key for row in file.partners])
    _refuse_repeats("person", [row.slack for row in file.people])
    known = work.session.scalars(
        select(col(Contract.reference)).where(col(Contract.reference).in_(references)).limit(3)
    ).all()
    if known:
        raise CannotImport(
            f"{', '.join(known)} is in the register already. "
            "An import adds new contracts: leave out the ones that are there."
        )


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CannotImport(f"The {what} {name} stands in the file twice. Keep one of them.")
        seen.add(name)


def _add_organisations(work: Work, file: PortfolioFile) -> dict[str, int]:
    rows = [(DEPARTMENT, file.department.name, OrganisationKind.DEPARTMENT, file.department.teams)]
    rows += [(row.key, row.name, row.kind, row.teams) for row in file.partners]
    known = {o.key: o for o in work.session.scalars(select(Organisation))}
    teams = {t.slack: t.organisation_id for t in work.session.scalars(select(Team))}
    for key, name, kind, slack_teams in rows:
        if key not in known:
            known[key] = _saved(work, Organisation(key=key, name=name, kind=kind))
        for team in slack_teams:
            if teams.setdefault(team, known[key].id) != known[key].id:
                raise CannotImport(f"The Slack team {team} of {key} belongs to another organisation.")
            work.session.merge(Team(slack=team, organisation_id=known[key].id))
    return {key: organisation.id for key, organisation in known.items()}


def _add_people(work: Work, file: PortfolioFile, organisations: dict[str, int]) -> dict[str, Person]:
    known = {person.slack: person for person in work.session.scalars(select(Person))}
    for row in file.people:
        if row.of not in organisations:
            raise CannotImport(f"{row.name} is of {row.of!r}, which is no partner in the file.")
        if row.slack not in known:
            person = Person(slack=row.slack, name=row.name, email=row.email, organisation_id=organisations[row.of])
            known[row.slack] = _saved(work, person)
    return known


def _add_contract(
    work: Work, file: PortfolioFile, row: ContractRow, organisations: dict[str, int], people: dict[str, Person]
) -> None:
    if row.partner not in organisations:
        raise CannotImport(f"{row.reference} is with {row.partner!r}, which is no partner in the file.")
    contract = _saved(work, _contract(work, file, row, organisations[row.partner]))
    for role, slack in row.people.items():
        person = _known(people, slack, f"the {role} of {row.reference}")
        _check_role(row, role, person, contract.partner_id, organisations[DEPARTMENT])
        work.session.add(Role(contract_id=contract.id, person_id=person.id, role=role))
    for slack_channel, audience in (
        (row.channels.internal, Audience.INTERNAL),
        (row.channels.shared, Audience.SHARED),
    ):
        if slack_channel is not None:
            work.session.add(_channel(work, slack_channel, contract.id, audience))
    kpis = {k.code: _saved(work, Kpi(contract_id=contract.id, **k.model_dump())) for k in row.kpis}
    for option in row.options:
        work.session.add(ExtensionOption(contract_id=contract.id, recorded_on=work.today, **option.model_dump()))
    for report in row.reports:
        _add_report(work, contract, report, kpis, people)
    _add_remedies(work, contract, row)
    for risk in row.risks:
        work.session.add(_risk(contract, risk, people))
    work.record("contract imported", contract.reference, contract_id=contract.id)


def _check_role(row: ContractRow, role: RoleName, person: Person, partner_id: int, department_id: int) -> None:
    """A partner contact works for the contract's partner, everybody else for the department."""
    expected = partner_id if role is RoleName.PARTNER_CONTACT else department_id
    if person.organisation_id != expected:
        whom = "the contract's partner" if role is RoleName.PARTNER_CONTACT else "the department"
        raise CannotImport(
            f"{person.name} ({person.slack}) is the {role} of {row.reference}, but does not work for {whom}. "
            "Name somebody else, or correct who they work for."
        )


def _contract(work: Work, file: PortfolioFile, row: ContractRow, partner_id: int) -> Contract:
    periods = [report.period for report in row.reports]
    next_period = max(periods).next() if periods else row.reporting.first_period
    # Months long gone that the file does not list are not asked for: that would be a flood on the first morning.
    next_period = max(next_period, Month.of(work.today).previous())
    contract = Contract(
        reference=row.reference,
        title=row.title,
        purpose=row.purpose,
        partner_id=partner_id,
        regime=row.regime,
        light_touch=row.light_touch,
        form=row.form,
        tier=row.tier,
        value_pounds=row.value,
        start_date=row.start,
        end_date=row.end,
        longest_end_date=row.longest_end or row.end,
        nation=row.nation,
        stage=row.stage,
        report_working_day=row.reporting.due_working_day,
        next_period=next_period.key,
        next_report_at=work.now,
        sample=file.sample,
        created_at=work.now,
    )
    contract.next_report_at = first_report_at(next_period, contract)
    return contract


def _add_report(
    work: Work, contract: Contract, row: ReportRow, kpis: dict[str, Kpi], people: dict[str, Person]
) -> None:
    report = _saved(
        work,
        Report(
            contract_id=contract.id,
            period=row.period.key,
            due_on=report_due(row.period, contract.report_working_day, contract.nation),
            prompt_at=next_working_morning(work.now, contract.nation),
            received_at=_noon(row.received) if row.received else None,
            reporter_id=_known(people, row.by, f"who reported {row.period} on {contract.reference}").id
            if row.by
            else None,
        ),
    )
    if row.received is None:
        return
    for code, kpi in kpis.items():
        figure = rated(kpi, row.figures.get(code), row.why.get(code, "no figure was given"))
        work.session.add(
            Reading(report_id=report.id, kpi_id=kpi.id, value=figure.value, rating=figure.rating, why=figure.why)
        )


def _add_remedies(work: Work, contract: Contract, row: ContractRow) -> None:
    for plan in row.plans:
        work.session.add(
            RectificationPlan(
                contract_id=contract.id,
                title=plan.title,
                requested_on=plan.requested,
                due_on=plan.due,
                status=plan.status,
                reason=plan.reason,
            )
        )
    for memo in row.memos:
        work.session.add(
            Memo(
                contract_id=contract.id,
                number=memo.number,
                subject=memo.subject,
                sent_on=memo.sent,
                acknowledge_by=memo.acknowledge_by,
                acknowledged_on=memo.acknowledged,
            )
        )


def _risk(contract: Contract, row: RiskRow, people: dict[str, Person]) -> Risk:
    review = date.fromordinal(row.raised.toordinal() + review_days(band(row.likelihood, row.impact)))
    return Risk(
        contract_id=contract.id,
        title=row.title,
        category=row.category,
        likelihood=row.likelihood,
        impact=row.impact,
        status=row.status,
        review_on=review,
        raised_by_id=_known(people, row.by, f"who raised {row.title!r} on {contract.reference}").id,
        raised_at=_noon(row.raised),
    )


def _channel(work: Work, slack: str, contract_id: int | None, audience: Audience) -> Channel:
    if work.session.scalar(select(Channel).where(col(Channel.slack) == slack)) is not None:
        raise CannotImport(
            f"The channel {slack} is bound already. A channel belongs to one contract, or to the portfolio."
        )
    return Channel(slack=slack, contract_id=contract_id, audience=audience, created_at=work.now)


def _known(people: dict[str, Person], slack: str, what: str) -> Person:
    if slack not in people:
        raise CannotImport(f"{slack}, {what}, is not among the people. Add them to the people of the file.")
    return people[slack]


def _noon(day: date) -> datetime:
    """A day's instant, where the file tells only the day."""
    return london_instant(day, 12)


def _saved(work: Work, row: Row) -> Row:
    work.session.add(row)
    work.session.flush()
    return row
