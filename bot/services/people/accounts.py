"""People whose Slack account changed, and people who share an email address.

Slack gives a new id to somebody whose account was made anew or moved to another workspace. The register knows them by
the old one, so they are refused until an administrator joins the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, or_, select, true
from sqlmodel import Session, col

from bot.delivery import outbox
from bot.delivery.outbox import OutgoingMessage
from bot.errors import UserError
from bot.identity import department_id
from bot.models import Audience, EarlierAccount, Organisation, Person, SlackUser, Team
from bot.policy import RegisterPermission
from bot.services.unit_of_work import ActorContext, UnitOfWork

USERS_LISTED = "users listed"
"""The rule by which everybody in the workspace is asked about, each quarter of a day."""
_WHY = "you are an administrator of Liaison"


@dataclass(frozen=True)
class ChangedAccount:
    """A person of the register whose Slack account is not active, and an active one with the same email address."""

    person: Person
    organisation: str
    account: SlackUser


@dataclass(frozen=True)
class SharedAddress:
    """An email address that several people of the register have, with their names and organisations."""

    email: str
    people: Sequence[str]


def changed_accounts(session: Session, about: SlackUser | None = None) -> list[ChangedAccount]:
    """Who has another Slack account now, by name; `about` is the only account, old or new, that is looked at.

    Only an account of the person's own organisation counts: anybody can put any address in a profile of theirs. Of an
    address that several people have, none is certain.
    """
    out_of_use = _out_of_use(session, about)
    shared = {each.email for each in shared_addresses(session)} if out_of_use else set()
    by_address = {
        address: (person, organisation) for address, person, organisation in out_of_use if address not in shared
    }
    accounts = session.scalars(
        select(SlackUser)
        .where(
            func.lower(col(SlackUser.email)).in_(by_address),
            ~col(SlackUser.deleted),
            ~col(SlackUser.is_bot),
            col(SlackUser.slack).not_in(select(col(Person.slack))),
            col(SlackUser.slack).not_in(select(col(EarlierAccount.slack))),
        )
        .order_by(col(SlackUser.slack))
    )
    found = [ChangedAccount(*by_address[(each.email or "").lower()], each) for each in accounts]
    theirs = [each for each in found if _is_theirs(session, each)]
    return sorted(theirs, key=lambda each: (each.person.name, each.person.id))


def _out_of_use(session: Session, about: SlackUser | None) -> list[tuple[str, Person, str]]:
    """The people whose account Slack does not know as active: the address, the person and the organisation."""
    known = func.coalesce(func.nullif(col(Person.email), ""), col(SlackUser.email))
    concerned = (
        true()
        if about is None
        else or_(col(Person.slack) == about.slack, func.lower(known) == (about.email or "").lower())
    )
    rows = session.execute(
        select(func.lower(known), Person, col(Organisation.name))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(SlackUser, col(SlackUser.slack) == col(Person.slack))
        .where(or_(col(SlackUser.slack).is_(None), col(SlackUser.deleted)), known.is_not(None), concerned)
    )
    return [(address, person, organisation) for address, person, organisation in rows]


def shared_addresses(session: Session) -> list[SharedAddress]:
    """The email addresses that more than one person of the register has."""
    address = func.lower(col(Person.email))
    repeated = select(address).where(col(Person.email) != "").group_by(address).having(func.count() > 1)
    rows = session.execute(
        select(address, col(Person.name), col(Person.slack), col(Organisation.name))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(address.in_(repeated))
        .order_by(address, col(Person.name), col(Person.id))
    ).all()
    return [
        SharedAddress(email, [f"{name} ({slack}) of {organisation}" for _, name, slack, organisation in people])
        for email, people in groupby(rows, key=lambda row: row[0])
    ]


def offer(work: UnitOfWork, about: SlackUser | None = None) -> None:
    """Tell each administrator, once, of each account that can be joined; `about` is the only one that is looked at."""
    found = changed_accounts(work.session, about)
    administrators = _administrators(work.session) if found else []
    for each in found:
        message = work.messages.message("people/account_changed", changed=each)
        for administrator in administrators:
            key = f"account {each.person.slack} {each.account.slack} {administrator}"
            if outbox.find(work.session, key) is None:
                work.enqueue(OutgoingMessage(key, administrator, Audience.INTERNAL, message, _WHY))


def join(ctx: ActorContext, account: str) -> ChangedAccount:
    """Make this Slack account the one of the person to whom it was offered. Roles and history stay theirs.

    Raises `Denied`, or `UserError` if it fits nobody any more.
    """
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    found = next((each for each in changed_accounts(ctx.session) if each.account.slack == account), None)
    if found is None:
        raise UserError(
            "These accounts do not fit together any more, or are joined already, so nothing was done. "
            "To see what is left, type /liaison setup."
        )
    person, old = found.person, found.person.slack
    ctx.session.add(EarlierAccount(slack=old, person_id=person.id))
    person.slack = account
    ctx.session.flush()
    outbox.move(ctx.session, old, account)
    ctx.record("accounts joined", account, changes={"Slack id": [old, account]})
    return found


def _is_theirs(session: Session, changed: ChangedAccount) -> bool:
    """Whether the account has its home where the register has the person's: a guest comes to the department's."""
    person, account = changed.person, changed.account
    home = department_id().scalar_subquery() if person.guest else person.organisation_id
    teams = session.scalars(select(col(Team.slack)).where(col(Team.organisation_id) == home))
    return account.is_guest == person.guest and not account.homes.isdisjoint(teams)


def _administrators(session: Session) -> Sequence[str]:
    return session.scalars(
        select(col(Person.slack))
        .where(col(Person.administrator), col(Person.organisation_id).in_(department_id()))
        .order_by(col(Person.id))
    ).all()
