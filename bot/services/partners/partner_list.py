"""The list of partners, a page at a time, and one partner with its people and contracts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlmodel import col

from bot.access import Action, ContractFacts, Keeping
from bot.db import table
from bot.domain.ratings import Rating
from bot.models import Audience, Contract, Organisation, OrganisationKind, Person, Role
from bot.services.contracts.contract_list import Listed, contracts_with
from bot.services.paging import ON_A_PAGE, Paged, page_number
from bot.services.partners import partners
from bot.services.progress.last_ratings import rating_of, worst_severity
from bot.services.work import Act

_contracts, _organisations, _people = (table(each) for each in (Contract, Organisation, Person))


@dataclass(frozen=True)
class ListedPartner:
    """A partner in a list: how many of its contracts the asker may see, and the worst rating of their last reports."""

    key: str
    name: str
    kind: OrganisationKind
    contracts: int
    people: int
    rating: Rating


@dataclass(frozen=True)
class PartnerPage(Paged[ListedPartner]):
    """Some of the partners that the asker may see; pages count from 1."""


@dataclass(frozen=True)
class Overview:
    """A partner as the department sees it. `without_role` are those of its people who do nothing on any contract."""

    partner: Organisation
    teams: Sequence[str]
    people: Sequence[Person]
    without_role: frozenset[int]
    contracts: Sequence[Listed]
    may_keep: bool


@dataclass(frozen=True)
class OwnOrganisation:
    """What a partner's person sees of their own organisation: a projection that has nothing internal in it."""

    name: str
    kind: OrganisationKind
    people: Sequence[str]
    contracts: Sequence[ContractFacts]


def list_partners(act: Act, page: int = 1) -> PartnerPage:
    """A page of the partners that the actor may see, by name; one beyond the last is the last. One query for the rows,
    whatever their number."""
    seen = select(_contracts.c.partner_id, worst_severity().label("severity")).where(act.open_to(Action.SEE)).subquery()
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
        .where(_organisations.c.kind != OrganisationKind.DEPARTMENT, partners.open_to(act))
        .order_by(_organisations.c.name, _organisations.c.id)
    )
    rows = act.session.connection().execute(statement).all()
    number = page_number(page, len(rows))
    shown = rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    listed = [ListedPartner(r.key, r.name, r.kind, r.contracts, r.people, rating_of(r.severity)) for r in shown]
    return PartnerPage(listed, number, len(rows))


def overview(act: Act, typed: str) -> Overview:
    """A partner that the actor may see, for the department. NoSuchPartner, SeveralPartners."""
    partner = partners.partner_for(act, typed)
    people = act.session.scalars(
        select(Person).where(col(Person.organisation_id) == partner.id).order_by(col(Person.name), col(Person.id))
    ).all()
    holds = or_(col(Role.person_id) == col(Person.id), col(Role.deputy_id) == col(Person.id))
    idle = act.session.scalars(
        select(col(Person.id)).where(col(Person.organisation_id) == partner.id, ~exists().where(holds))
    ).all()
    return Overview(
        partner=partner,
        teams=partners.teams_of(act, partner),
        people=people,
        without_role=frozenset(idle),
        contracts=contracts_with(act, partner.id),
        may_keep=act.may_keep(Keeping.KEEP_PARTNERS),
    )


def own_organisation(act: Act, typed: str = "") -> OwnOrganisation:
    """The organisation of a partner's person, with the contracts of which they may see the partner's side.

    NoSuchPartner where something else was typed, whether or not there is such a partner.
    """
    mine = act.session.get_one(Organisation, act.actor.organisation_id)
    organisation = partners.partner_for(act, typed) if typed else mine
    names = act.session.scalars(
        select(col(Person.name))
        .where(col(Person.organisation_id) == organisation.id)
        .order_by(col(Person.name), col(Person.id))
    ).all()
    contracts = act.contracts_open_to(Action.SEE, Audience.SHARED)
    return OwnOrganisation(organisation.name, organisation.kind, names, contracts)
