"""The list of partners, one partner with its people and contracts, and the partner's view of a contract.

The partner's view is a class of its own, without internal fields that could leak.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.db import table
from bot.domain.ratings import Rating
from bot.identity import is_department
from bot.models import Audience, Contract, Organisation, OrganisationKind, Person, Role, RoleName
from bot.policy import RegisterPermission
from bot.services.audits.audit_pages import FindingLine, finding_lines
from bot.services.certificates.certificates import CertificateLine, lines
from bot.services.due import due_lines
from bot.services.due.due_lines import DueLine
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners as partner_lookup
from bot.services.money import credits, invoices
from bot.services.money.credits import CreditInList
from bot.services.money.invoices import InvoiceLine
from bot.services.pages.contracts import ListedContract, contracts_with
from bot.services.paging import ON_A_PAGE, Paged, page_number
from bot.services.progress.kpi_history import KpiLine, kpi_lines
from bot.services.progress.standings import rating_of, worst_severity
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class PartnerCard:
    """The part of a contract that both sides see: no tier, options, risks, contacts or reasons."""

    reference: str
    title: str
    partner: str
    purpose: str
    start: date
    end: date
    managers: Sequence[str]
    contacts: Sequence[str]
    kpis: Sequence[KpiLine]
    due: Sequence[DueLine]
    sample: bool
    certificates: Sequence[CertificateLine] = ()
    findings: Sequence[FindingLine] = ()
    credits: Sequence[CreditInList] = ()
    invoices: Sequence[InvoiceLine] = ()


def partner_card(ctx: ActorContext, typed: str) -> PartnerCard:
    """The page of a contract for its partner. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE, Audience.SHARED)
    contract = ctx.session.get_one(Contract, facts.id)
    return PartnerCard(
        reference=contract.reference,
        title=contract.title,
        partner=facts.partner,
        purpose=contract.purpose,
        start=contract.start_date,
        end=contract.end_date,
        managers=_in_role(ctx, contract.id, RoleName.CONTRACT_MANAGER),
        contacts=_in_role(ctx, contract.id, RoleName.PARTNER_CONTACT),
        kpis=kpi_lines(ctx, contract.id, inside=False),
        due=due_lines.lines(ctx, due_lines.due_on_contract(ctx, contract.id, Audience.SHARED)),
        sample=contract.sample,
        certificates=lines(ctx, col(Contract.id) == contract.id),
        findings=finding_lines(ctx, col(Contract.id) == contract.id),
        credits=credits.lines(ctx, col(Contract.id) == contract.id),
        invoices=invoices.lines(ctx, col(Contract.id) == contract.id),
    )


def partner_contracts(ctx: ActorContext) -> Sequence[ContractRef]:
    """The contracts whose partner's view the actor may see, by reference."""
    return ctx.contracts_open_to(Permission.SEE, Audience.SHARED)


def _in_role(ctx: ActorContext, contract_id: int, role: RoleName) -> Sequence[str]:
    return ctx.session.scalars(
        select(col(Person.name))
        .join(Role, col(Role.person_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == contract_id, col(Role.role) == role, role_counts())
        .order_by(col(Person.name))
    ).all()


_contracts, _organisations, _people = (table(each) for each in (Contract, Organisation, Person))


@dataclass(frozen=True)
class ListedPartner:
    """A partner in a list: the number of its contracts that the actor may see, and the worst rating of their last
    reports."""

    key: str
    name: str
    kind: OrganisationKind
    contracts: int
    people: int
    rating: Rating
    has_report: bool = True


@dataclass(frozen=True)
class PartnerListPage(Paged[ListedPartner]):
    """One page of the partners that the actor may see; pages count from 1."""


@dataclass(frozen=True)
class PartnerOverview:
    """The department's view of a partner. `without_role` are its people who have no role on a contract."""

    partner: Organisation
    teams: Sequence[str]
    people: Sequence[Person]
    without_role: frozenset[int]
    contracts: Sequence[ListedContract]
    may_keep: bool


@dataclass(frozen=True)
class OwnOrganisation:
    """A partner person's view of their own organisation, without internal fields."""

    name: str
    kind: OrganisationKind
    people: Sequence[str]
    contracts: Sequence[ContractRef]


def list_partners(ctx: ActorContext, page: int = 1) -> PartnerListPage:
    """A page of the partners that the actor may see, by name; a number beyond the last gives the last page. One query
    for the rows, whatever their number."""
    seen = (
        select(_contracts.c.partner_id, worst_severity().label("severity"))
        .where(ctx.open_to(Permission.SEE))
        .subquery()
    )
    of_each = (
        select(seen.c.partner_id, func.count().label("contracts"), func.max(seen.c.severity).label("severity"))
        .group_by(seen.c.partner_id)
        .subquery()
    )
    people = select(func.count()).where(_people.c.organisation_id == _organisations.c.id).scalar_subquery()
    statement = (
        select(_organisations, func.coalesce(of_each.c.contracts, 0).label("contracts"), of_each.c.severity)
        .add_columns(people.label("people"))
        .outerjoin(of_each, of_each.c.partner_id == _organisations.c.id)
        .where(~is_department(), partner_lookup.open_to(ctx))
        .order_by(_organisations.c.name, _organisations.c.id)
    )
    rows = ctx.session.connection().execute(statement).all()
    number = page_number(page, len(rows))
    shown = rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    listed = [
        ListedPartner(r.key, r.name, r.kind, r.contracts, r.people, rating_of(r.severity), r.severity is not None)
        for r in shown
    ]
    return PartnerListPage(listed, number, len(rows))


def overview(ctx: ActorContext, typed: str) -> PartnerOverview:
    """The department's view of a partner that the actor may see. Raises `UserError` or `AmbiguousMatch`."""
    partner = partner_lookup.partner_for(ctx, typed)
    people = ctx.session.scalars(
        select(Person).where(col(Person.organisation_id) == partner.id).order_by(col(Person.name), col(Person.id))
    ).all()
    holds = or_(col(Role.person_id) == col(Person.id), col(Role.deputy_id) == col(Person.id))
    idle = ctx.session.scalars(
        select(col(Person.id)).where(col(Person.organisation_id) == partner.id, ~exists().where(holds))
    ).all()
    return PartnerOverview(
        partner=partner,
        teams=partner_lookup.teams_of(ctx, partner),
        people=people,
        without_role=frozenset(idle),
        contracts=contracts_with(ctx, partner.id),
        may_keep=ctx.may_on_register(RegisterPermission.KEEP_PARTNERS),
    )


def own_organisation(ctx: ActorContext, typed: str = "") -> OwnOrganisation:
    """The organisation of a partner's person, with the contracts whose partner's view they may see.

    Raises `UserError` if they typed anything else, whether or not such a partner exists.
    """
    mine = ctx.session.get_one(Organisation, ctx.actor.organisation_id)
    organisation = partner_lookup.partner_for(ctx, typed) if typed else mine
    names = ctx.session.scalars(
        select(col(Person.name))
        .where(col(Person.organisation_id) == organisation.id)
        .order_by(col(Person.name), col(Person.id))
    ).all()
    contracts = ctx.contracts_open_to(Permission.SEE, Audience.SHARED)
    return OwnOrganisation(organisation.name, organisation.kind, names, contracts)
