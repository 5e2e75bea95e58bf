"""The open risks on a grid of 5 by 5, by likelihood and impact: a chart, and the same in words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.access import ContractRef, Permission
from bot.db import table
from bot.domain.charts import Cell, GridChart, Tone
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Band, Grade, Impact, Likelihood, order
from bot.domain.wording import join_words, plural
from bot.models import Contract, Risk, RiskStatus
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import rules_in_force
from bot.services.unit_of_work import ActorContext

NAMED = 8  # risks in one cell
TONES = {Band.LOW: Tone.GOOD, Band.MEDIUM: Tone.FAIR, Band.HIGH: Tone.POOR, Band.VERY_HIGH: Tone.BAD}

_risks, _contracts = table(Risk), table(Contract)


@dataclass(frozen=True)
class MatrixCell:
    """A cell of the grid with its risks."""

    grade: Grade
    references: Sequence[str]

    @property
    def named(self) -> str:
        """The references of its risks, shortened if there are many."""
        more = len(self.references) - NAMED
        return join_words([*self.references[:NAMED], *([plural(more, "other")] if more > 0 else [])])


@dataclass(frozen=True)
class RiskMatrix:
    """The cells that have risks, the worst first; `contract` is None for all risks that the reader may see.

    `unassessed` are open risks that nobody has assessed, which are in no cell.
    """

    contract: ContractRef | None
    cells: Sequence[MatrixCell]
    unassessed: Sequence[str]
    chart: GridChart

    @property
    def found(self) -> int:
        """The number of risks on the grid."""
        return sum(len(cell.references) for cell in self.cells)


def risk_matrix(ctx: ActorContext, typed: str = "") -> RiskMatrix:
    """The open risks of a contract, or all that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE) if typed else None
    statement = (
        select(_risks.c.id, _risks.c.likelihood, _risks.c.impact)
        .join_from(_risks, _contracts, _contracts.c.id == _risks.c.contract_id)
        .where(_risks.c.status == RiskStatus.OPEN, ctx.open_to(Permission.SEE))
        .order_by(_risks.c.id)
    )
    if contract is not None:
        statement = statement.where(_risks.c.contract_id == contract.id)
    rules, places = rules_in_force(ctx.session), defaultdict[Grade, list[str]](list)
    unassessed: list[str] = []
    for row in ctx.session.connection().execute(statement):
        grade = rules.grade_if_any(row.likelihood, row.impact)
        (unassessed if grade is None else places[grade]).append(f"R-{row.id}")
    cells = [MatrixCell(grade, places[grade]) for grade in sorted(places, key=order)]
    return RiskMatrix(contract, cells, unassessed, chart_of(rules, contract, cells))


def chart_of(rules: RiskRules, contract: ContractRef | None, cells: Sequence[MatrixCell]) -> GridChart:
    """The whole grid as a chart. Each cell names its band, so that colour is never alone."""
    named = {cell.grade: f": {cell.named}" for cell in cells}

    def cell(likelihood: Likelihood, impact: Impact) -> Cell:
        grade = rules.grade(likelihood, impact)
        return Cell(f"{grade.band.value}{named.get(grade, '')}", TONES[grade.band])

    return GridChart(
        title=f"Open risks{f' of {contract.reference}' if contract else ''} by likelihood and impact",
        rows=[f"{each.value} {each.label}" for each in reversed(Likelihood)],
        columns=[f"{each.value} {each.label}" for each in Impact],
        cells=[[cell(likelihood, impact) for impact in Impact] for likelihood in reversed(Likelihood)],
        down="Likelihood",
        across="Impact",
    )
