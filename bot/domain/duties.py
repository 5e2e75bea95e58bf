"""The duties that the Procurement Act 2023 puts on those who manage a contract: which fall due, and when.

What is read into the Act beyond the facts that were checked is marked, and then what people see ends with
"Check with your commercial team." The notices go by their numbers on the central digital platform: UK9 on
performance, UK10 on changes, UK11 on endings. A grant is no procurement: do not ask about one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.calendar import months_before
from bot.domain.wording import format_date, format_money

ACT_BEGAN = date(2025, 2, 24)  # the Act covers procurements begun on or after this day
KPI_VALUE = 5_000_000  # pounds; a contract over it has KPIs
LEAST_KPIS = 3
MOST_TERM_PERCENT = 10  # by which a change may move the term without a contract change notice
UK10 = "contract change notice (UK10)"
CHECK = "Check with your commercial team."

# Section 80(1) of the Act gives 30 days that begin with the day of the ending: that day is the first of them.
_DAYS_AFTER_ENDING = timedelta(days=29)


class Regime(StrEnum):
    """The law a procurement was begun under."""

    ACT_2023 = "Procurement Act 2023"
    REGULATIONS_2015 = "Public Contracts Regulations 2015"


class Supplies(StrEnum):
    """What a contract buys."""

    GOODS = "goods"
    SERVICES = "services"
    WORKS = "works"

    @property
    def value_percent(self) -> int:
        """The most, in per cent, that a change may move the value without a contract change notice."""
        return 15 if self is Supplies.WORKS else 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFacts:
    """What the duties of a contract follow from.

    `value` is in pounds, as the Act estimates it. `reasons_for_fewer` says that reasons for fewer than 3
    KPIs are recorded. `procurement_began` is None where it is not known: then the start has to answer.
    `ended` is the day it did end; a contract that is `ended_early` with no such day ends on a day not known.
    """

    value: Decimal | int
    regime: Regime
    supplies: Supplies
    start: date
    end: date
    kpis: int
    reasons_for_fewer: bool = False
    light_touch: bool = False
    framework: bool = False
    concession: bool = False
    procurement_began: date | None = None
    last_assessed: date | None = None
    ended: date | None = None
    ended_early: bool = False

    @property
    def ending(self) -> date | None:
        """The day it ended or is to end; None if it ends early on a day that is not known."""
        return self.ended or (None if self.ended_early else self.end)

    @property
    def needs_kpis(self) -> bool:
        """Whether the duties to have KPIs and to assess them apply. Exactly 5 million pounds is not over it.

        Reasons only count where there are fewer than 3 KPIs: one who has 3 has nothing to excuse.
        """
        exempt = self.light_touch or self.framework or self.concession
        excused = self.reasons_for_fewer and self.kpis < LEAST_KPIS
        return self.value > KPI_VALUE and not exempt and not excused


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: a short name, when it is due, its rule with the source, and whether it is met.

    `due` is None where it hangs on an event, and `met` is None where it cannot be said. `confirmed` is
    False where the rule or the day rests on a reading that nobody in commercial has confirmed.
    """

    name: str
    due: date | None
    rule: str
    met: bool | None
    confirmed: bool

    @property
    def sentence(self) -> str:
        """The rule for people to read, who are told to check it unless it is confirmed."""
        return self.rule if self.confirmed else f"{self.rule} {CHECK}"


def outside_the_act(facts: DutyFacts) -> str | None:
    """Why the Act puts no duties on a contract, in one sentence; None if it does put some.

    A contract cannot start before its procurement begins, so an early enough start settles it as well.
    """
    if facts.regime is Regime.REGULATIONS_2015:
        return f"This contract has no duties under the {Regime.ACT_2023}, because it falls under the {facts.regime}."
    if min(facts.procurement_began or facts.start, facts.start) < ACT_BEGAN:
        return (
            f"This contract has no duties under the {Regime.ACT_2023}, "
            f"because its procurement began before {format_date(ACT_BEGAN)}."
        )
    return None


def duties(facts: DutyFacts) -> tuple[Duty, ...]:
    """The duties of a contract; none where `outside_the_act` says why."""
    if outside_the_act(facts):
        return ()
    of_kpis = (_kpis(facts), _assessment(facts)) if facts.needs_kpis else ()
    return (*of_kpis, _poor_performance(facts), _change(facts), _ending(facts))


def _kpis(facts: DutyFacts) -> Duty:
    return Duty(
        name=f"At least {LEAST_KPIS} KPIs",
        due=facts.start,
        rule=(
            f"Under the {Regime.ACT_2023}, a contract over {format_money(KPI_VALUE)} has at least {LEAST_KPIS} "
            "key performance indicators (KPIs), or recorded reasons for fewer."
        ),
        met=facts.kpis >= LEAST_KPIS,
        confirmed=True,
    )


def _assessment(facts: DutyFacts) -> Duty:
    """The next assessment, or the last where the contract has been assessed at its end."""
    next_year = months_before(facts.last_assessed or facts.start, -12)
    finished = facts.ending is not None and facts.last_assessed is not None and facts.last_assessed >= facts.ending
    return Duty(
        name="Performance assessment (UK9)",
        due=min(next_year, facts.ending or next_year),
        rule=(
            f"Under the {Regime.ACT_2023}, assess performance against the KPIs at least every 12 "
            "months and when the contract ends, and publish the ratings of regulation 39(5) of the Procurement "
            "Regulations 2024 in a contract performance notice (UK9)."
        ),
        met=finished or (False if facts.ended else None),
        confirmed=True,
    )


def _poor_performance(facts: DutyFacts) -> Duty:
    return Duty(
        name="Breach or failure to improve (UK9)",
        due=None,
        rule=(
            f"Under the {Regime.ACT_2023}, publish a contract performance notice (UK9) within 30 days of a breach "
            "that ends in part-termination, damages or a settlement, or of a failure to improve after a proper "
            "opportunity."
        ),
        met=None,
        confirmed=facts.needs_kpis,  # that it applies to smaller and exempt contracts too is our reading
    )


def _change(facts: DutyFacts) -> Duty:
    limits = f"the value by {facts.supplies.value_percent}% or less or the term by {MOST_TERM_PERCENT}% or less"
    rule = f"publish a {UK10} before a change, unless it moves {limits}."
    if facts.light_touch:  # section 75(6) of the Act leaves them out, which was not among the facts checked
        rule = f"ask before a change: a light touch contract seems to need no {UK10}."
    return Duty(
        name="Contract change notice (UK10)",
        due=None,
        rule=f"Under the {Regime.ACT_2023}, {rule}",
        met=None,
        confirmed=not facts.light_touch,
    )


def _ending(facts: DutyFacts) -> Duty:
    """Not confirmed, because the day of the ending counts, as in no other of our deadlines."""
    what = "the early ending" if facts.ended_early else "any ending"
    return Duty(
        name="Contract termination notice (UK11)",
        due=facts.ending and facts.ending + _DAYS_AFTER_ENDING,
        rule=(
            f"Under the {Regime.ACT_2023}, publish a contract termination notice (UK11) within 30 days of {what}, "
            "that day included, and after the last contract performance notice (UK9)."
        ),
        met=None,
        confirmed=False,
    )
