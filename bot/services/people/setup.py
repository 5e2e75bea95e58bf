"""Setting Liaison up: who may start, and the steps that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, func, select
from sqlmodel import SQLModel, col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.missing import Missing
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.identity import Denied, is_department
from bot.models import (
    Audience,
    Channel,
    Contract,
    Kpi,
    Organisation,
    OrganisationKind,
    OutboxMessage,
    OutboxState,
    Person,
    Role,
    RoleName,
    Team,
)
from bot.policy import RegisterPermission
from bot.services.lookup.missing import missing_on_all
from bot.services.lookup.unpinned import Unpinned, unpinned
from bot.services.people.accounts import ChangedAccount, SharedAddress, changed_accounts, shared_addresses
from bot.services.unit_of_work import ActorContext, NewcomerContext, UnitOfWork

DEPARTMENT = "department"  # the key of the department's organisation


def not_for_you() -> Denied:
    """Only who runs the Slack workspace can be trusted to begin."""
    return Denied(
        "Liaison is not set up yet, and only an administrator of this Slack workspace can do that. "
        "Ask one of them to type /liaison setup.",
        "may not set Liaison up",
    )


@dataclass(frozen=True)
class Checklist:
    """The state of the setup, for an administrator; `test` is the state of their last test message, `problem` its
    error. `changed` are people who have another Slack account now, `addresses` those that several people have;
    `missing` are the references of the contracts that lack something, so that messages reach nobody; `unpinned` are the
    messages for partners that Slack does not pin."""

    department: str
    people: int
    partners: int
    contracts: int
    without_manager: int
    without_kpis: int
    channels: int
    portfolio: str | None
    test: OutboxState | None = None
    problem: str = ""
    changed: Sequence[ChangedAccount] = ()
    addresses: Sequence[SharedAddress] = ()
    missing: Mapping[Missing, Sequence[str]] = field(default_factory=dict)
    unpinned: Sequence[Unpinned] = ()


@dataclass(frozen=True)
class Begun:
    """The first administrator, and what is left to set up."""

    name: str
    checklist: Checklist


@dataclass(frozen=True)
class WhomToAsk:
    """How a person who is not in the register gets in: the administrators to ask, or whether they may set Liaison
    up."""

    is_set_up: bool
    may_begin: bool
    administrators: Sequence[str]


def whom_to_ask(newcomer: NewcomerContext) -> WhomToAsk:
    """Whom a person who is not in the register can ask. Colleagues see the administrators' names, guests do not."""
    colleagues = select(col(Team.organisation_id)).where(col(Team.slack).in_(newcomer.identity.homes))
    administrators = newcomer.session.scalars(
        select(col(Person.slack))
        .where(col(Person.administrator), col(Person.organisation_id).in_(colleagues))
        .order_by(col(Person.id))
    ).all()
    named = [] if newcomer.identity.is_guest else administrators
    return WhomToAsk(_is_set_up(newcomer), not _is_set_up(newcomer) and _runs_workspace(newcomer), named)


def check_may_begin(newcomer: NewcomerContext) -> None:
    """Refuse a newcomer who may not set Liaison up. Raises `UserError` or `Denied`."""
    if _is_set_up(newcomer):
        raise UserError(
            "Liaison is set up already, so nothing was done. Ask one of its administrators to add you to the register."
        )
    if not _runs_workspace(newcomer):
        raise not_for_you()


def _is_set_up(work: UnitOfWork) -> bool:
    found = work.session.scalar(select(exists().where(is_department())))
    return bool(found)


def _runs_workspace(newcomer: NewcomerContext) -> bool:
    identity = newcomer.identity
    is_there = identity.is_active_person and not identity.is_guest and bool(identity.homes)
    return identity.runs_workspace and is_there


def begin(newcomer: NewcomerContext, name: str) -> Begun:
    """Make the newcomer the first administrator, and their Slack workspace the department's. Raises `UserError` or
    `Denied`."""
    check_may_begin(newcomer)
    session, identity = newcomer.session, newcomer.identity
    title = required_text(name, what="the department's name", at_most=150, field="name")
    department = Organisation(key=DEPARTMENT, name=title, kind=OrganisationKind.DEPARTMENT)
    session.add(department)
    session.flush()
    # In an Enterprise organisation only this workspace: the others may belong to other departments.
    homes = sorted({home for home in identity.homes if home.startswith("T")} or identity.homes)
    session.add_all(Team(slack=home, organisation_id=department.id) for home in homes)
    person = Person(
        slack=identity.user,
        name=(identity.name or identity.user)[:150],
        organisation_id=department.id,
        administrator=True,
    )
    session.add(person)
    session.flush()
    newcomer.record("set up", DEPARTMENT, name=title, teams=", ".join(homes))
    return Begun(person.name, _checklist(newcomer, title, person.slack))


def checklist(ctx: ActorContext) -> Checklist:
    """The state of the setup. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    return _checklist(ctx, ctx.actor.organisation, ctx.actor.slack)


def _checklist(work: UnitOfWork, department: str, administrator: str) -> Checklist:
    session = work.session
    managed = exists().where(col(Role.contract_id) == col(Contract.id), col(Role.role) == RoleName.CONTRACT_MANAGER)
    measured = exists().where(col(Kpi.contract_id) == col(Contract.id))
    count = select(func.count()).select_from(Contract)
    test = _last_test(work, administrator)
    return Checklist(
        department=department,
        people=_count(work, Person),
        partners=_count(work, Organisation) - 1,
        contracts=_count(work, Contract),
        without_manager=session.scalar(count.where(~managed)) or 0,
        without_kpis=session.scalar(count.where(~measured)) or 0,
        channels=session.scalar(select(func.count()).where(col(Channel.contract_id).is_not(None))) or 0,
        portfolio=session.scalar(select(col(Channel.slack)).where(col(Channel.contract_id).is_(None)).limit(1)),
        test=test.state if test else None,
        problem=test.last_error if test else "",
        changed=changed_accounts(session),
        addresses=shared_addresses(session),
        missing=missing_on_all(work),
        unpinned=unpinned(session),
    )


def send_test(ctx: ActorContext, key: str) -> None:
    """Send the actor a test message through the outbox, as any message; `key` makes it unique. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    message = ctx.messages.message("liaison/setup_test", name=ctx.actor.name)
    ctx.enqueue(
        OutgoingMessage(
            f"{_tests_of(ctx.actor.slack)}{key}",
            ctx.actor.slack,
            Audience.INTERNAL,
            message,
            "you asked for a test message",
        )
    )


def _tests_of(administrator: str) -> str:
    return f"test {administrator} "


def _last_test(work: UnitOfWork, administrator: str) -> OutboxMessage | None:
    tests = select(OutboxMessage).where(col(OutboxMessage.key).startswith(_tests_of(administrator), autoescape=True))
    return work.session.scalar(tests.order_by(col(OutboxMessage.id).desc()).limit(1))


def _count(work: UnitOfWork, model: type[SQLModel]) -> int:
    return work.session.scalar(select(func.count()).select_from(model)) or 0
