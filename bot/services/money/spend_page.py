"""The page of a contract's money: the months of a financial year, what they come to, and what is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import and_
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.charts import LineChart, level_of
from bot.domain.periods import Month, financial_year, months
from bot.domain.spend import NOTHING, Outturn, Sums, Variance, outturn, total
from bot.errors import UserError
from bot.models import Contract
from bot.services.lookup import contracts as contract_lookup
from bot.services.money import invoices
from bot.services.money.invoices import InvoiceLine
from bot.services.money.months import SpendLine, months_of
from bot.services.unit_of_work import ActorContext

_TENTH = Decimal("0.1")
_THOUSAND = 1000


@dataclass(frozen=True)
class SpendPage:
    """The money of a contract in the financial year that began in `year`, month by month.

    `late` are the invoices that are not paid and over 30 days, `last` is the last month of its longest term; `before`
    and `after` are the years of the contract beside it, None for none.
    """

    contract: ContractRef
    year: int
    lines: Sequence[SpendLine]
    outturn: Outturn
    last: str
    late: Sequence[InvoiceLine] = ()
    before: int | None = None
    after: int | None = None
    can_change: bool = False

    @property
    def total(self) -> Sums:
        """The sums of the year."""
        return total([line.sums for line in self.lines])

    @property
    def variance(self) -> Variance | None:
        """How the months that have a profile vary from it together; None where none has."""
        planned = [line for line in self.lines if line.sums.profile is not None]
        known = [each.variance.amount for each in planned if each.variance]
        profile = sum((line.sums.profile or NOTHING for line in planned), NOTHING)
        return Variance(sum(known, NOTHING), profile) if known else None

    @property
    def unexplained(self) -> Sequence[SpendLine]:
        """The months for which a reason is asked."""
        return [line for line in self.lines if line.lacks_reason]

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """The months that can be entered, as options of a list."""
        return [(str(line.month), f"{self.contract.public_id} {line.month.key}") for line in self.lines]

    @property
    def known(self) -> Sequence[SpendLine]:
        """The months of which anything is known."""
        return [line for line in self.lines if line.sums != Sums()]

    @property
    def explained(self) -> Sequence[SpendLine]:
        """The months that vary from their profile for a reason that was given."""
        return [line for line in self.known if line.variance and line.variance.amount and line.reason]

    @property
    def chart(self) -> LineChart | None:
        """What was invoiced each month against the profile and the forecast, in thousands; None without an invoice."""
        if self.total.invoiced is None:
            return None
        names = {"Profile": "profile", "Forecast": "forecast"}
        levels = {label: [_thousands(getattr(line.sums, name)) for line in self.known] for label, name in names.items()}
        return LineChart(
            title=f"{self.contract.reference}: invoiced by month, thousands of pounds",
            unit="thousands of pounds",
            points=[line.month.short.partition(" ")[0] for line in self.known],
            values=[_thousands(line.sums.invoiced) for line in self.known],
            levels=[level_of(label, known) for label, known in levels.items() if {*known} != {None}],
        )


def spend_page(ctx: ActorContext, typed: str, year: int | None = None) -> SpendPage:
    """The money of a contract in a financial year, this one unless another is named. Raises `UserError`,
    `AmbiguousMatch` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    years = range(_year_of(contract.start_date), _year_of(contract.longest_end_date) + 1)
    if year is None:
        year = min(max(_year_of(ctx.today), years[0]), years[-1])
    if year not in years:
        raise UserError(
            f"{facts.reference} has no such financial year. Name the year in which one of its own begins, from "
            f"{years[0]} to {years[-1]}."
        )
    whole = list(months(Month.of(contract.start_date), Month.of(contract.longest_end_date)))
    lines = months_of(ctx.session, contract.id, whole, ctx.today)
    owed = and_(col(Contract.id) == contract.id, invoices.is_owed())
    return SpendPage(
        facts,
        year,
        [line for line in lines if _year_of(line.month.start) == year],
        outturn([line.of_month for line in lines], Decimal(contract.value_pounds)),
        str(whole[-1]),
        [each for each in invoices.lines(ctx, owed) if each.days_over],
        year - 1 if year > years[0] else None,
        year + 1 if year < years[-1] else None,
        ctx.may(Permission.CHANGE, facts),
    )


def _year_of(day: date) -> int:
    """The year in which the financial year of a day began."""
    return financial_year(day)[0].year


def _thousands(pounds: Decimal | None) -> Decimal | None:
    return None if pounds is None else (pounds / _THOUSAND).quantize(_TENTH, ROUND_HALF_UP)
