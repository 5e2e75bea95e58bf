"""The money of a contract by month: what was planned, invoiced, approved, disputed and paid, what is expected, by how
much a month varies from its profile, and what the whole contract comes to.

Every sum is exact, to the penny. What is not known is None, and never counted as 0 where it matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from bot.domain.periods import Month
from bot.domain.wording import format_money
from bot.errors import UserError

NOTHING = Decimal(0)
ASKS_PERCENT, ASKS_POUNDS = 5, Decimal(50_000)  # a variance over either asks for a reason
TELLS_PERCENT = 10  # a variance over this is told to the senior owner


@dataclass(frozen=True)
class Sums:
    """The sums of a month in pounds; None for one that is not known."""

    profile: Decimal | None = None
    invoiced: Decimal | None = None
    approved: Decimal | None = None
    disputed: Decimal | None = None
    paid: Decimal | None = None
    forecast: Decimal | None = None


@dataclass(frozen=True)
class Variance:
    """By how much a month comes to more than its profile, or less: then the amount is below 0."""

    amount: Decimal
    profile: Decimal

    @property
    def size(self) -> Decimal:
        """The amount, whichever way it goes."""
        return abs(self.amount)

    @property
    def percent(self) -> Decimal | None:
        """The size as a percentage of the profile; None where nothing was planned."""
        return self.size * 100 / self.profile if self.profile else None

    @property
    def asks_why(self) -> bool:
        """Whether it asks for a reason."""
        return self.size > ASKS_POUNDS or self._is_over(ASKS_PERCENT)

    @property
    def is_told(self) -> bool:
        """Whether the senior owner is told of it."""
        return self._is_over(TELLS_PERCENT)

    def _is_over(self, percent: int) -> bool:
        return self.size * 100 > self.profile * percent


@dataclass(frozen=True)
class MonthOfSpend:
    """A month with its sums. `is_over`: all that is to be invoiced for it can be."""

    month: Month
    sums: Sums
    is_over: bool

    @property
    def comes_to(self) -> Decimal | None:
        """What the month comes to: what was invoiced once it is over, and before that what is expected, which is at
        least what is invoiced already. None if nothing is known."""
        sums = self.sums
        if self.is_over and sums.invoiced is not None:
            return sums.invoiced
        expected = sums.forecast if self.is_over or sums.forecast is not None else sums.profile
        known = [each for each in (sums.invoiced, expected) if each is not None]
        return max(known) if sums.invoiced is not None or sums.forecast is not None else None

    @property
    def variance(self) -> Variance | None:
        """How it varies from its profile; None without one, or while nothing is known of what it comes to."""
        comes_to, profile = self.comes_to, self.sums.profile
        return None if comes_to is None or profile is None else Variance(comes_to - profile, profile)


@dataclass(frozen=True)
class Outturn:
    """What a contract comes to over its longest term, against its value.

    `invoiced` is what was invoiced, `to_come` what is expected beside that, and `unknown` the months of which neither
    the spend nor a forecast or profile is known.
    """

    invoiced: Decimal
    to_come: Decimal
    unknown: int
    value: Decimal

    @property
    def total(self) -> Decimal:
        """What it comes to, as far as that is known."""
        return self.invoiced + self.to_come

    @property
    def percent(self) -> Decimal | None:
        """The total as a percentage of the value."""
        return self.total * 100 / self.value if self.value else None

    @property
    def is_over(self) -> bool:
        """Whether it comes to more than the value."""
        return self.total > self.value


def outturn(months: Iterable[MonthOfSpend], value: Decimal) -> Outturn:
    """What these months, which are all of a contract's, come to."""
    invoiced = to_come = NOTHING
    unknown = 0
    for each in months:
        known = each.comes_to if each.comes_to is not None else each.sums.profile
        invoiced += each.sums.invoiced or NOTHING
        to_come += (known or NOTHING) - (each.sums.invoiced or NOTHING)
        unknown += known is None
    return Outturn(invoiced, to_come, unknown, value)


def total(many: Sequence[Sums]) -> Sums:
    """The sums of several months together; None for a sum that is known in none of them."""
    return Sums(*(_total([getattr(each, field.name) for each in many]) for field in fields(Sums)))


def _total(sums: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in sums if each is not None]
    return sum(known, NOTHING) if known else None


def check(sums: Sums) -> None:
    """Refuse sums that cannot be: more is approved or disputed than was invoiced, or more is paid than was approved.
    Raises `UserError` with the field."""
    invoiced, disputed = sums.invoiced or NOTHING, sums.disputed or NOTHING
    approved, paid = sums.approved or NOTHING, sums.paid or NOTHING
    _at_most("approved", approved, "invoiced", invoiced)
    _at_most("disputed", disputed, "invoiced", invoiced)
    if approved + disputed > invoiced:
        both = f"{format_money(approved)} is approved and {format_money(disputed)} disputed"
        raise UserError(f"{both}, and only {format_money(invoiced)} invoiced. Correct one of them.", field="disputed")
    if sums.approved is not None:
        _at_most("paid", paid, "approved", approved)
    else:
        _at_most("paid", paid, "invoiced and not disputed", invoiced - disputed)


def _at_most(field: str, part: Decimal, whole: str, most: Decimal) -> None:
    if part > most:
        sentence = f"{format_money(part)} is {field}, and only {format_money(most)} {whole}. Correct one of them."
        raise UserError(sentence, field=field)
