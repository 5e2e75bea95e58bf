"""What a summary leads with: the contracts on which something changed, and those that need somebody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.domain.attention import needs_attention
from bot.domain.ratings import Movement
from bot.domain.scores import Band
from bot.services.digest.comparison import OpenRisk, PutRight, RatingLine, Risks
from bot.services.digest.dated_items import DatedItem

_ORDER = {Movement.WORSE: 0, Movement.BETTER: 2}


class _OnContract(Protocol):
    @property
    def contract(self) -> str: ...


T = TypeVar("T", bound=_OnContract)


@dataclass(frozen=True)
class ContractChange:
    """What changed on a contract since the last summary: its rating, what is late since and how much no longer is, its
    risks, and the KPIs that came back to Good."""

    line: RatingLine
    late: Sequence[DatedItem] = ()
    settled: int = 0
    risks: Sequence[OpenRisk] = ()
    thanks: Sequence[PutRight] = ()

    @property
    def is_one(self) -> bool:
        """Whether anything changed."""
        return bool(self.line.has_changed or self.late or self.settled or self.risks or self.thanks)


@dataclass(frozen=True)
class ContractNeed:
    """A contract that needs attention: what is late on it, and its very high risks."""

    line: RatingLine
    late: Sequence[DatedItem] = ()
    risks: Sequence[OpenRisk] = ()


def changes(
    lines: Iterable[RatingLine], late: Sequence[DatedItem], risks: Risks, thanks: Sequence[PutRight]
) -> list[ContractChange]:
    """The contracts on which something changed: first those that got worse, last those that got better."""
    late_on, moved_on, thanked = by_contract(late), by_contract(risks.moved), by_contract(thanks)
    found = []
    for line in lines:
        reference = line.standing.contract.reference
        now = late_on.get(reference, ())
        since = [item for item in now if line.was_late is not None and item.key not in line.was_late]
        settled = len({*(line.was_late or ())} - {item.key for item in now})
        found.append(
            ContractChange(line, since, settled, moved_on.get(reference, ()), thanked.get(reference, ())),
        )
    return sorted((each for each in found if each.is_one), key=_place)


def needs(lines: Iterable[RatingLine], late: Sequence[DatedItem], risks: Risks) -> list[ContractNeed]:
    """The contracts that need attention, in the order of the lines."""
    late_on, risks_of = by_contract(late), by_contract(_very_high(risks))
    found = []
    for line in lines:
        reference = line.standing.contract.reference
        need = ContractNeed(line, late_on.get(reference, ()), risks_of.get(reference, ()))
        worst = Band.VERY_HIGH if need.risks else None
        if needs_attention(line.standing.rating, is_late=bool(need.late), worst_risk=worst):
            found.append(need)
    return found


def by_contract(items: Iterable[T]) -> Mapping[str, Sequence[T]]:
    """The items by the reference of their contract."""
    found: dict[str, list[T]] = defaultdict(list)
    for each in items:
        found[each.contract].append(each)
    return found


def _very_high(risks: Risks) -> list[OpenRisk]:
    return [
        risk
        for risk in (*risks.moved, *risks.high)
        if not risk.closed and risk.grade and risk.grade.band is Band.VERY_HIGH
    ]


def _place(change: ContractChange) -> int:
    movement = change.line.movement
    return _ORDER.get(movement, 1) if movement else 1
