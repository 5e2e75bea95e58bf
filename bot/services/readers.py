"""Who may read a message: asked at the moment of sending, because channels and their people change."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Audience, Contract, Organisation, OrganisationKind, Person, Team


@dataclass(frozen=True)
class Readers:
    """Whom a message may reach.

    `teams` are the organisations, beside the department, that may be in its channel; `barred` are the Slack users of
    the register who may neither be in the channel nor be written to.
    """

    teams: frozenset[str]
    barred_guests: frozenset[str]
    barred: frozenset[str]


def readers_of(session: Session, audience: Audience, contract_id: int | None) -> Readers:
    """The readers of a message: the department, and for a shared one the contract's partner as well."""
    partner = select(col(Contract.partner_id)).where(col(Contract.id) == contract_id)
    shared = audience is Audience.SHARED and contract_id is not None
    others = select(col(Person.slack), col(Person.guest)).join(
        Organisation, col(Organisation.id) == col(Person.organisation_id)
    )
    others = others.where(col(Organisation.kind) != OrganisationKind.DEPARTMENT)
    if shared:
        others = others.where(col(Organisation.id).not_in(partner))
    barred = session.execute(others).all()
    teams = session.scalars(select(col(Team.slack)).where(col(Team.organisation_id).in_(partner))) if shared else ()
    return Readers(
        frozenset(teams),
        frozenset(slack for slack, guest in barred if guest),
        frozenset(slack for slack, _ in barred),
    )
