"""Setting Liaison up: who may begin, and what is left to do."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlmodel import SQLModel, col

from bot.access import Keeping
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience, Channel, Contract, Kpi, Organisation, OrganisationKind, Person, Role, RoleName, Team
from bot.outbox import Draft
from bot.services.texts import kept_text
from bot.services.work import Act, Newcomer, Work

DEPARTMENT = "department"  # the key of the one organisation that Liaison works for


class SetUpAlready(UserError):
    """There is a department, and with it somebody who keeps the register."""

    def __init__(self) -> None:
        super().__init__(
            "Liaison is set up already, so nothing was done. Ask one of its administrators to add you to the register."
        )


class NotForYou(Denied):
    """Only who runs the Slack workspace can be trusted to begin."""

    def __init__(self) -> None:
        super().__init__(
            "Liaison is not set up yet, and only an administrator of this Slack workspace can do that. "
            "Ask one of them to type /liaison setup.",
            "may not set Liaison up",
        )


@dataclass(frozen=True)
class Checklist:
    """What is there, for an administrator."""

    department: str
    people: int
    partners: int
    contracts: int
    without_manager: int
    without_kpis: int
    channels: int
    portfolio: str | None


def check_may_begin(newcomer: Newcomer) -> None:
    """Refuse whoever may not set Liaison up. NotForYou, SetUpAlready."""
    if newcomer.session.scalar(select(exists().where(col(Organisation.kind) == OrganisationKind.DEPARTMENT))):
        raise SetUpAlready
    identity = newcomer.identity
    if not identity.runs_workspace or identity.is_guest or not identity.is_active_person or not identity.homes:
        raise NotForYou


def begin(newcomer: Newcomer, name: str) -> Person:
    """Make the newcomer the first administrator, and their home teams the department's. NotForYou, SetUpAlready."""
    check_may_begin(newcomer)
    session, identity = newcomer.session, newcomer.identity
    title = kept_text(name, what="the department's name", at_most=150, field="name")
    department = Organisation(key=DEPARTMENT, name=title, kind=OrganisationKind.DEPARTMENT)
    session.add(department)
    session.flush()
    session.add_all(Team(slack=home, organisation_id=department.id) for home in sorted(identity.homes))
    person = Person(
        slack=identity.user,
        name=(identity.name or identity.user)[:150],
        organisation_id=department.id,
        administrator=True,
    )
    session.add(person)
    session.flush()
    newcomer.record("set up", DEPARTMENT, name=title, teams=", ".join(sorted(identity.homes)))
    return person


def checklist(act: Act) -> Checklist:
    """What is there and what is left. Denied."""
    act.require_keeper(Keeping.ADMINISTER)
    session = act.session
    managed = exists().where(col(Role.contract_id) == col(Contract.id), col(Role.role) == RoleName.CONTRACT_MANAGER)
    measured = exists().where(col(Kpi.contract_id) == col(Contract.id))
    count = select(func.count()).select_from(Contract)
    return Checklist(
        department=act.actor.organisation,
        people=_count(act, Person),
        partners=_count(act, Organisation) - 1,
        contracts=_count(act, Contract),
        without_manager=session.scalar(count.where(~managed)) or 0,
        without_kpis=session.scalar(count.where(~measured)) or 0,
        channels=session.scalar(select(func.count()).where(col(Channel.contract_id).is_not(None))) or 0,
        portfolio=session.scalar(select(col(Channel.slack)).where(col(Channel.contract_id).is_(None)).limit(1)),
    )


def send_test(act: Act, key: str) -> None:
    """Send the asker a test message, the way of every message: a row first, then a call. Denied."""
    act.require_keeper(Keeping.ADMINISTER)
    message = act.messages.message("setup_test", name=act.actor.name)
    act.enqueue(Draft(key, act.actor.slack, Audience.INTERNAL, message, "you asked for a test message"))


def _count(work: Work, model: type[SQLModel]) -> int:
    return work.session.scalar(select(func.count()).select_from(model)) or 0
