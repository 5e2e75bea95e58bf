"""The life cycle of a record as a table: in which state which event leads to which state, who may cause it, and what is
due next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from bot.domain.permissions import Permission
from bot.domain.wording import join_words
from bot.errors import UserError

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Cause(StrEnum):
    """Who causes an event that no permission on the contract allows."""

    ADDRESSEE = "the person who was asked"
    AUTHOR = "the person who did what is undone"
    LIAISON = "Liaison itself"


@dataclass(frozen=True)
class Transition(Generic[S, E]):
    """One row: the event leads from one state to another.

    `due` is a short name of what is due in the new state, "" if nothing is. `in_history` is what the audit trail calls
    the event, "" if an event of another kind records it. `needs_reason`: whoever causes it says why.
    """

    state: S
    event: E
    to: S
    who: Permission | Cause
    due: str = ""
    in_history: str = ""
    needs_reason: bool = False


@dataclass(frozen=True)
class LifeCycle(Generic[S, E]):
    """A life cycle. `record` is what people call the record; a new one is in the state `begins`."""

    record: str
    begins: S
    rows: Sequence[Transition[S, E]]

    @property
    def states(self) -> frozenset[S]:
        """Every state that a record can come to."""
        return frozenset({self.begins, *(row.to for row in self.rows)})

    @property
    def open_states(self) -> frozenset[S]:
        """The states in which something can still happen."""
        return frozenset(row.state for row in self.rows)

    @property
    def final_states(self) -> frozenset[S]:
        """The states in which the record stays."""
        return self.states - self.open_states

    def states_with(self, event: E) -> frozenset[S]:
        """The states in which this can happen."""
        return frozenset(row.state for row in self.rows if row.event is event)

    def of_state(self, state: S) -> list[Transition[S, E]]:
        """The rows that a state offers, in the order of the table."""
        return [row for row in self.rows if row.state is state]

    def allows(self, state: S, event: E) -> bool:
        """Whether this can happen in a state."""
        return any(row.event is event for row in self.of_state(state))

    def follow(self, state: S, event: E) -> Transition[S, E]:
        """The row of an event in a state. Raises `UserError` if the event cannot happen there."""
        offered = self.of_state(state)
        found = next((row for row in offered if row.event is event), None)
        if found is None:
            events = join_words([row.event.value for row in offered], "or")
            instead = f"It can be {events}." if offered else "Nothing more can be done with it."
            raise UserError(
                f"{self.record} is {state.value}, so it cannot be {event.value}, and nothing was done. {instead}"
            )
        return found

    def who(self, event: E) -> Permission | Cause:
        """Who may cause an event: the same in every state."""
        return next(row.who for row in self.rows if row.event is event)

    def history_of(self, *events: E) -> list[str]:
        """What the audit trail calls these events."""
        return list(dict.fromkeys(row.in_history for row in self.rows if row.event in events and row.in_history))
