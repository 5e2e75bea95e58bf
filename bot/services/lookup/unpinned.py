"""The messages for partners that Slack does not pin: they stand in their channels all the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Contract, PinnedList

_IN_WORDS = {
    "missing_scope": "the app may not pin messages. Install it again with the scope pins:write",
    "too_many_pins": "as many messages are pinned there as Slack allows. Unpin one of them",
    "not_in_channel": "Liaison is not in the channel. Invite it there",
    "channel_not_found": "Liaison is not in the channel. Invite it there",
    "is_archived": "the channel is archived. Bind another one",
}
_OTHERWISE = "Slack does not let Liaison pin there. Ask an administrator of the Slack workspace"


@dataclass(frozen=True)
class Unpinned:
    """The contracts whose messages are not pinned for one reason, by reference; `why` says what to do, too."""

    why: str
    contracts: Sequence[str]


def unpinned(session: Session) -> Sequence[Unpinned]:
    """The reasons for which messages are not pinned. One query."""
    rows = session.execute(
        select(col(PinnedList.problem), col(Contract.reference))
        .join(Contract, col(Contract.id) == col(PinnedList.contract_id))
        .where(col(PinnedList.problem) != "", ~col(PinnedList.released))
        .order_by(col(Contract.reference))
    )
    found: dict[str, list[str]] = {}
    for problem, reference in rows:
        why = _IN_WORDS.get(problem, f"{_OTHERWISE} ({problem})")
        found.setdefault(why, []).append(reference)
    return [Unpinned(why, references) for why, references in found.items()]
