"""The weekly performance summary: the most important facts of the portfolio or one contract, from the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.domain.ratings import Movement
from bot.models import Contract
from bot.services.digest import changes, comparison, dated_items
from bot.services.digest.changes import ContractChange, ContractNeed
from bot.services.digest.comparison import PutRight, RatingLine, Risks
from bot.services.digest.dated_items import DatedItem, FindingCounts, Scope
from bot.services.digest.last_post import LastPost
from bot.services.progress.standings import standings
from bot.services.unit_of_work import UnitOfWork


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
    findings: FindingCounts = field(default_factory=FindingCounts)
    visits_overdue: int = 0
    interventions: Sequence[DatedItem] = ()
    thanks: Sequence[PutRight] = ()

    @property
    def changes(self) -> Sequence[ContractChange]:
        """The contracts on which something changed since the last summary, without one since the report before."""
        return changes.changes(self.lines, self.late, self.risks, self.thanks)

    @property
    def needs(self) -> Sequence[ContractNeed]:
        """The contracts that need attention."""
        return changes.needs(self.lines, self.late, self.risks)

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing changed since the last summary: then one line says so."""
        return self.since is not None and not self.changes

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say at all."""
        return not (self.needs or self.changes or self.has_more)

    @property
    def has_more(self) -> bool:
        """Whether there is more to list than what changed and what needs somebody."""
        return bool(self.coming or self.failed_plans or self.interventions or self.risks.high)

    @property
    def has_owed(self) -> bool:
        """Whether it lists a milestone, a deliverable or an obligation, which somebody may say is done."""
        return any(item.is_owed for item in (*self.late, *self.coming))

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

    The number of queries is constant. A summary that a partner reads has no risks, no failed plans and no count of
    findings or visits: those are the department's to discuss.
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
        interventions=() if scope.is_shared else dated_items.interventions(work, contracts),
        failed_plans=() if scope.is_shared else dated_items.failed_plans(work, contracts),
        findings=FindingCounts() if scope.is_shared else dated_items.finding_counts(work, contracts),
        visits_overdue=0 if scope.is_shared else dated_items.visits_overdue(work, contracts),
        thanks=comparison.put_right(work, found, previous),
    )


def _contracts(work: UnitOfWork, scope: Scope) -> Mapping[int, Contract]:
    if scope.contract is not None:
        return {scope.contract.id: scope.contract}
    return {each.id: each for each in work.session.scalars(select(Contract).order_by(col(Contract.reference)))}
