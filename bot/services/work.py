"""A unit of work: everything that a service needs, handed to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot import audit, outbox
from bot.access import Actor
from bot.domain.london import london
from bot.messages import Message, Messages


@dataclass(frozen=True)
class Work:
    """One open transaction, the instant it happens at, how words are made, and who or what does it.

    `by` is a Slack user id, or the name of a job or command.
    """

    session: Session
    now: datetime
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
        audit.record(
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

    def enqueue(self, draft: outbox.Draft) -> None:
        """Add a message that this work causes."""
        outbox.enqueue(self.session, draft, self.now)

    def replace(self, original: str, key: str, message: Message, why: str) -> bool:
        """Update the message of key `original` in place, if it was ever enqueued; whether it was."""
        return outbox.replace(self.session, original, key, message, why, self.now)


@dataclass(frozen=True)
class Act(Work):
    """A unit of work that a person does. A service that takes an Act does not run without a confirmed actor."""

    actor: Actor
