"""Who does what, changed in the register itself, where anything may stand: a partner's person as the manager, another
partner's as the contact, a stranger's deputy."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Absence, Contract, Person, Role, RoleName
from tests.acceptance.office import GUEST, Office
from tests.builders import contract_named

LEAST_ROLES = 6  # with fewer, little could happen any more


def change_a_role(session: Session, user: str, today: date, luck: Random) -> None:
    """Give somebody a role, take one from anybody, make somebody a deputy, or send them on leave."""
    person = session.scalar(select(Person).where(col(Person.slack) == user))
    held = session.scalars(select(Role).order_by(col(Role.contract_id), col(Role.person_id), col(Role.role))).all()
    if person is None:
        return
    match luck.randrange(4):
        case 0:
            contract = luck.choice(session.scalars(select(Contract).order_by(col(Contract.id))).all())
            role = luck.choice((RoleName.PARTNER_CONTACT, luck.choice(list(RoleName))))
            session.merge(Role(contract_id=contract.id, person_id=person.id, role=role))
        case 1 if len(held) > LEAST_ROLES:
            session.delete(luck.choice(held))
        case 2 if others := [each for each in held if each.person_id != person.id]:
            luck.choice(others).deputy_id = person.id
        case _:
            _go_away(session, person, today)


def _go_away(session: Session, person: Person, today: date) -> None:
    taken = select(Absence).where(col(Absence.person_id) == person.id, col(Absence.first_day) == today)
    if session.scalar(taken) is None:
        session.add(Absence(person_id=person.id, first_day=today, last_day=today + timedelta(days=2)))


def as_contact(office: Office) -> None:
    """Make the guest a contact of their partner's contract."""
    with office.liaison.database.writing() as session:
        guest = session.scalars(select(Person).where(col(Person.slack) == GUEST)).one()
        contract = contract_named(session, "WP-NE")
        session.add(Role(contract_id=contract.id, person_id=guest.id, role=RoleName.PARTNER_CONTACT))
