"""The matrix of a contract: what each side owes the other, and how it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.owed_cycle import OwedStanding, standing
from bot.models import Contract, Milestone, Obligation, Party
from bot.services.due.duties import FORM, TO_CONFIRM
from bot.services.due.source import DueForm
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class MatrixItem:
    """What one side owes: its kind and name, its clause, its day, how often it comes again, and how it stands.

    `done_on` is the day on which it was met, or done as somebody said; `form` is what the reader can do with it, by the
    button that carries `key`.
    """

    owed_by: Party
    kind: str
    name: str
    standing: OwedStanding
    due_on: date | None = None
    done_on: date | None = None
    clause: str = ""
    recurs: str = ""
    form: DueForm | None = None
    key: str = ""


@dataclass(frozen=True)
class OwedMatrix:
    """The matrix of a contract: every item, what is late first, and the number of each side's in each standing."""

    contract: Contract
    items: Sequence[MatrixItem]

    @property
    def counts(self) -> Mapping[tuple[Party, OwedStanding], int]:
        """The number of items of each side in each standing."""
        return Counter((item.owed_by, item.standing) for item in self.items)

    def in_standing(self, wanted: OwedStanding) -> Sequence[MatrixItem]:
        """The items that stand so: the latest first of those that are met."""
        found = [item for item in self.items if item.standing is wanted]
        return found[::-1] if wanted is OwedStanding.MET else found


def owed_matrix(ctx: ActorContext, typed: str) -> OwedMatrix:
    """The matrix of a contract that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    may = {form: any(ctx.may(each, contract, form.audience) for each in form.who) for form in (FORM, TO_CONFIRM)}
    rows: list[Milestone | Obligation] = []
    for model in (Milestone, Obligation):
        here = (col(model.contract_id) == contract.id, col(model.ended_on).is_(None))
        rows += ctx.session.scalars(select(model).where(*here))
    items = [_item(row, ctx.today, may) for row in rows]
    order = list(OwedStanding)
    return OwedMatrix(
        contract, sorted(items, key=lambda item: (order.index(item.standing), item.due_on or date.max, item.name))
    )


def _item(row: Milestone | Obligation, today: date, may: Mapping[DueForm, bool]) -> MatrixItem:
    stands = standing(row.state, row.due_on, today)
    obligation = row if isinstance(row, Obligation) else None
    form = {OwedStanding.SAID_DONE: TO_CONFIRM, OwedStanding.LATE: FORM, OwedStanding.OPEN: FORM}.get(stands)
    form = form if form and may[form] else None
    return MatrixItem(
        owed_by=row.owed_by,
        kind=row.noun,
        name=row.name,
        standing=stands,
        due_on=row.due_on,
        done_on=row.met_on or row.said_done_on,
        clause=obligation.clause if obligation else "",
        recurs=obligation.recurs if obligation else "",
        form=form,
        key=row.public_id if form else "",
    )
