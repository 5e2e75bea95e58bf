"""The weekly performance summary: the most important facts of the portfolio or one contract, from the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.domain.ratings import Movement, Rating
from bot.domain.scores import Band
from bot.models import Contract
from bot.services.digest import comparison, dated_items
from bot.services.digest.comparison import PutRight, RatingLine, Risks
from bot.services.digest.dated_items import DatedItem, Scope
from bot.services.digest.last_post import LastPost
from bot.services.progress.standings import standings
from bot.services.unit_of_work import UnitOfWork

POOR = frozenset({Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE})


@dataclass(frozen=True)
class Summary:
    """The whole summary, most serious first in each list. `since` is the day of the summary it is compared with."""

    scope: Scope
    day: date
    since: date | None
    is_sample: bool
    lines: Sequence[RatingLine] = ()
    late: Sequence[DatedItem] = ()
    coming: Sequence[DatedItem] = ()
    risks: Risks = field(default_factory=Risks)
    failed_plans: Sequence[DatedItem] = ()
    thanks: Sequence[PutRight] = ()

    @property
    def attention(self) -> int:
        """The number of contracts that need attention: a poor rating, a late item, or a very high risk."""
        named = {item.contract for item in self.late}
        open_risks = [risk for risk in (*self.risks.moved, *self.risks.high) if not risk.closed]
        named |= {risk.contract for risk in open_risks if risk.grade and risk.grade.band is Band.VERY_HIGH}
        named |= {line.standing.contract.reference for line in self.lines if line.standing.rating in POOR}
        return len(named)

    @property
    def corrections(self) -> Sequence[RatingLine]:
        """The contracts whose rating in the last summary was corrected since."""
        return [line for line in self.lines if line.corrected is not None]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        moved = self.moved_worse or self.moved_better or self.corrections or self.risks.moved
        return not (self.attention or moved or self.coming or self.thanks or self.failed_plans or self.risks.high)

    @property
    def moved_worse(self) -> int:
        """The number of contracts that got worse."""
        return sum(line.movement is Movement.WORSE for line in self.lines)

    @property
    def moved_better(self) -> int:
        """The number of contracts that got better."""
        return sum(line.movement is Movement.BETTER for line in self.lines)


def build(work: UnitOfWork, scope: Scope, previous: LastPost | None = None) -> Summary:
    """Build the summary at the work's instant, compared with the last one.

    The number of queries is constant. A summary that a partner reads has no risks and no failed plans: those are the
    department's to discuss.
    """
    contracts = _contracts(work, scope)
    found = standings(work, contracts, inside=not scope.is_shared)
    late, coming = dated_items.dated_items(work, contracts, scope)
    return Summary(
        scope=scope,
        day=work.today,
        since=previous.day if previous else None,
        is_sample=any(contract.sample for contract in contracts.values()),
        lines=comparison.lines(found, previous),
        late=late,
        coming=coming,
        risks=Risks() if scope.is_shared else comparison.risks(work, contracts, previous),
        failed_plans=() if scope.is_shared else dated_items.failed_plans(work, contracts),
        thanks=comparison.put_right(work, found, previous),
    )


def _contracts(work: UnitOfWork, scope: Scope) -> Mapping[int, Contract]:
    if scope.contract is not None:
        return {scope.contract.id: scope.contract}
    return {each.id: each for each in work.session.scalars(select(Contract).order_by(col(Contract.reference)))}
