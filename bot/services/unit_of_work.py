"""The unit of work: everything that a service needs, handed to it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from bot import access, policy, trail
from bot.access import ContractRef, Permission
from bot.db import Numbered, add
from bot.delivery import outbox
from bot.delivery.messages import Message, Messages
from bot.domain.calendar import Proclamation, WorkingCalendar
from bot.domain.london import Days, days_at, london
from bot.identity import Actor, Identity
from bot.models import Audience, Contract, ProclaimedDay, RoleName
from bot.policy import RegisterPermission
from bot.scopes import ContractScope


def proclamations(session: Session) -> frozenset[Proclamation]:
    """The bank holidays that were proclaimed beside the published ones. One query."""
    day = ProclaimedDay
    rows = session.execute(select(col(day.nation), col(day.day), col(day.is_holiday)))
    return frozenset(Proclamation(*row) for row in rows)


_CHANGED = "changed"


def has_changed(session: Session) -> bool:
    """Whether a unit of work with this session has changed the record, or caused a message."""
    return bool(session.info.get(_CHANGED))


@dataclass(frozen=True)
class UnitOfWork:
    """One open transaction, its instant, the published working days, the message templates and the author.

    `by` is a Slack user id, or the name of a job or command.
    """

    session: Session
    now: datetime
    published_calendar: WorkingCalendar
    messages: Messages
    by: str

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days, with the bank holidays that were proclaimed. One query, at the first use."""
        return self.published_calendar.with_proclaimed(proclamations(self.session))

    @cached_property
    def today(self) -> date:
        """The day in London."""
        return london(self.now).date()

    @property
    def days(self) -> Days:
        """The day in London, and where the person is for whom this is done. A day may be today in either."""
        return days_at(self.now, "")

    def add(self, record: Numbered) -> None:
        """Add a record at once: its id is known then."""
        add(self.session, record)

    def record(
        self,
        action: str,
        subject: str,
        *,
        contract_id: int | None = None,
        changes: Mapping[str, Sequence[str]] | None = None,
        why: str = "",
        **details: str | int | bool | dict[str, str] | None,
    ) -> int:
        """Add an audit entry for this work, and return its id."""
        self.session.info[_CHANGED] = True
        return trail.record(
            self.session,
            self.now,
            self.by,
            action,
            subject,
            contract_id=contract_id,
            changes=changes,
            why=why,
            **details,
        )

    def record_all(self, why: str, entries: Iterable[trail.NewEntry]) -> None:
        """Add the audit entries of many records at once."""
        self.session.info[_CHANGED] = True
        trail.record_all(self.session, self.now, self.by, why, entries)

    def enqueue(self, draft: outbox.OutgoingMessage) -> None:
        """Enqueue a message that this work causes."""
        self.session.info[_CHANGED] = True
        outbox.enqueue(self.session, draft, self.now)

    def next_key(self, about: str) -> str:
        """A key that no message has, for messages that may be repeated about one record."""
        return outbox.next_key(self.session, about)

    def replace(self, original: str, key: str, message: Message, why: str) -> bool:
        """Update in place the message with the key `original`; returns whether it was ever enqueued."""
        return outbox.replace(self.session, original, key, message, why, self.now)

    def reply(self, parent: str, key: str, message: Message, why: str) -> bool:
        """Answer in the thread of the message with the key `parent`; returns whether that was ever enqueued."""
        return outbox.reply(self.session, parent, key, message, why, self.now)

    def reply_all(self, parent: str, messages: Mapping[str, Message], why: str) -> bool:
        """The same for several messages with their keys, in their order, at once."""
        return outbox.reply_all(self.session, parent, messages, why, self.now)


@dataclass(frozen=True)
class NewcomerContext(UnitOfWork):
    """A unit of work for somebody who is not in the register, but whose identity Slack confirms."""

    identity: Identity


@dataclass(frozen=True)
class ActorContext(UnitOfWork):
    """A unit of work for a person. A service that takes one never runs without a confirmed actor.

    `since` is the last audit entry at the time when their form opened (see `edit_conflicts`); None without a form.
    """

    actor: Actor
    since: int | None = None

    @property
    def days(self) -> Days:
        """The day in London, and where the actor is."""
        return days_at(self.now, self.actor.zone)

    def require(
        self, action: Permission, contract: Contract | ContractRef, audience: Audience = Audience.INTERNAL
    ) -> None:
        """Refuse the actor unless they have this permission on a contract, for these readers. Raises `Denied`."""
        access.require(self.session, self.actor, self.today, action, contract, audience)

    def require_if_seen(
        self, action: Permission, contract: Contract | ContractRef, audience: Audience = Audience.INTERNAL
    ) -> bool:
        """As `require`, but for a contract of which the actor may see nothing return False: they are not told of it."""
        return access.require_if_seen(self.session, self.actor, self.today, action, contract, audience)

    def require_on_register(self, permission: RegisterPermission) -> None:
        """Refuse the actor unless they have this permission on the register as a whole. Raises `Denied`."""
        access.require_on_register(self.session, self.actor, self.today, permission)

    def may(self, action: Permission, contract: Contract | ContractRef, audience: Audience = Audience.INTERNAL) -> bool:
        """Whether `require` would let the actor pass."""
        roles = access.roles_on(self.session, self.actor, contract.id, self.today)
        return policy.may(self.actor, roles, contract.partner_id, action, audience)

    def may_on_register(self, permission: RegisterPermission) -> bool:
        """Whether `require_on_register` would let the actor pass."""
        return policy.may_on_register(
            self.actor, access.roles_anywhere(self.session, self.actor, self.today), permission
        )

    def abilities(self) -> frozenset[str]:
        """Every permission that the actor has on some contract or on the register."""
        return access.abilities(self.session, self.actor, self.today)

    def contracts_open_to(self, action: Permission, audience: Audience = Audience.INTERNAL) -> list[ContractRef]:
        """The contracts on which the actor has this permission, by reference."""
        return access.contracts_open_to(self.session, self.actor, self.today, action, audience)

    def open_to(self, action: Permission, audience: Audience = Audience.INTERNAL) -> ColumnElement[bool]:
        """The same as an SQL condition on the contract's table."""
        return access.open_to(self.actor, self.today, action, audience)

    def scope(
        self,
        action: Permission,
        audience: Audience = Audience.INTERNAL,
        *,
        holding: Set[RoleName] | None = None,
    ) -> ContractScope:
        """The same as a scope; with `holding`, of the contracts on which the actor holds one of these roles."""
        return access.scope_open_to(self.actor, self.today, action, audience, holding)
