"""A unit of work: everything that a service needs, handed to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session

from bot import access, trail
from bot.access import ContractRef, Permission, RegisterPermission
from bot.delivery import outbox
from bot.delivery.messages import Message, Messages
from bot.domain.calendar import WorkingCalendar
from bot.domain.london import london
from bot.identity import Actor, Identity
from bot.models import Audience, Contract


@dataclass(frozen=True)
class UnitOfWork:
    """One open transaction, the instant it happens at, the days that are worked, how words are made, and who or what
    does it.

    `by` is a Slack user id, or the name of a job or command.
    """

    session: Session
    now: datetime
    calendar: WorkingCalendar
    messages: Messages
    by: str

    @property
    def today(self) -> date:
        """The day it is in London."""
        return london(self.now).date()

    def record(
        self,
        action: str,
        subject: str,
        *,
        contract_id: int | None = None,
        changes: Mapping[str, Sequence[str]] | None = None,
        why: str = "",
        **details: str | int | bool | dict[str, str] | None,
    ) -> None:
        """Add an audit entry for this work."""
        trail.record(
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
        trail.record_all(self.session, self.now, self.by, why, entries)

    def enqueue(self, draft: outbox.OutgoingMessage) -> None:
        """Add a message that this work causes."""
        outbox.enqueue(self.session, draft, self.now)

    def next_key(self, about: str) -> str:
        """A key that no message has, for what may be said many times of the same record."""
        return outbox.next_key(self.session, about)

    def replace(self, original: str, key: str, message: Message, why: str) -> bool:
        """Update the message of key `original` in place, if it was ever enqueued; whether it was."""
        return outbox.replace(self.session, original, key, message, why, self.now)

    def reply(self, parent: str, key: str, message: Message, why: str) -> bool:
        """Answer in the thread of the message of key `parent`, if it was ever enqueued; whether it was."""
        return outbox.reply(self.session, parent, key, message, why, self.now)


@dataclass(frozen=True)
class NewcomerContext(UnitOfWork):
    """A unit of work for somebody who is not in the register, but who Slack says they are."""

    identity: Identity


@dataclass(frozen=True)
class ActorContext(UnitOfWork):
    """A unit of work that a person does. A service that takes an Act does not run without a confirmed actor.

    `since` is the last entry in the audit when the form that they send was opened (see crossing); None without a form.
    """

    actor: Actor
    since: int | None = None

    def require(
        self, action: Permission, contract: Contract | ContractRef, audience: Audience = Audience.INTERNAL
    ) -> None:
        """Denied unless the actor may do this with a contract, for these readers."""
        access.require(self.session, self.actor, self.today, action, contract, audience)

    def require_on_register(self, permission: RegisterPermission) -> None:
        """Denied unless the actor may do this with the register as a whole."""
        access.require_on_register(self.session, self.actor, self.today, permission)

    def may(self, action: Permission, contract: Contract | ContractRef, audience: Audience = Audience.INTERNAL) -> bool:
        """Whether `require` would let it pass."""
        roles = access.roles_on(self.session, self.actor, contract.id, self.today)
        return access.may(self.actor, roles, contract.partner_id, action, audience)

    def may_on_register(self, permission: RegisterPermission) -> bool:
        """Whether the actor may do this with the register."""
        return access.may_on_register(
            self.actor, access.roles_anywhere(self.session, self.actor, self.today), permission
        )

    def abilities(self) -> frozenset[str]:
        """Every Action that the actor may do with some contract, and every Keeping that is theirs."""
        return access.abilities(self.session, self.actor, self.today)

    def contracts_open_to(self, action: Permission, audience: Audience = Audience.INTERNAL) -> list[ContractRef]:
        """The contracts with which the actor may do this, by reference."""
        return access.contracts_open_to(self.session, self.actor, self.today, action, audience)

    def open_to(self, action: Permission, audience: Audience = Audience.INTERNAL) -> ColumnElement[bool]:
        """The same as a condition on the contract's table."""
        return access.open_to(self.actor, self.today, action, audience)
