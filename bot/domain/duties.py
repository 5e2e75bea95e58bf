"""The duties of the Procurement Act 2023 for those who manage a contract: which ones apply, and when each is due.

Where we read more into the Act than the checked facts, the duty is marked and its sentence ends with "Check with your
commercial team." Notices have their numbers on the central digital platform: UK9 on performance, UK10 on changes, UK11
on endings. The Act does not cover grants: do not ask about one.
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
MOST_TERM_PERCENT = 10  # a change may move the term by this much without a contract change notice
UK10 = "contract change notice (UK10)"
ASSESSMENT = "Performance assessment (UK9)"
CHECK = "Check with your commercial team."

NOTICE_WITHIN = timedelta(days=30)  # after a failure to improve, for the notice; the day of the event is not counted

# Section 80(1) of the Act gives 30 days that begin with the day of the ending: that day is the first of them.
_DAYS_AFTER_ENDING = timedelta(days=29)


class Regime(StrEnum):
    """The law under which a procurement was begun."""

    ACT_2023 = "Procurement Act 2023"
    REGULATIONS_2015 = "Public Contracts Regulations 2015"


class Supplies(StrEnum):
    """The kind of thing that a contract buys."""

    GOODS = "goods"
    SERVICES = "services"
    WORKS = "works"

    @property
    def value_percent(self) -> int:
        """The most, in per cent, by which a change may move the value without a contract change notice."""
        return 15 if self is Supplies.WORKS else 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFacts:
    """The facts of a contract that decide its duties.

    `value` is in pounds, as the Act estimates it. `reasons_for_fewer`: reasons for fewer than 3 KPIs are recorded.
    `procurement_began` is None if it is not known: the start of the contract is used instead. `ended` is the actual
    last day; a contract that is `ended_early` without it ends on an unknown day.
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
        """The actual or planned last day; None if the contract ends early on an unknown day."""
        return self.ended or (None if self.ended_early else self.end)

    @property
    def needs_kpis(self) -> bool:
        """Whether the duties to have KPIs and to assess them apply. Exactly 5 million pounds is not over the threshold.

        Recorded reasons count only if there are fewer than 3 KPIs: a contract with 3 needs no excuse.
        """
        exempt = self.light_touch or self.framework or self.concession
        excused = self.reasons_for_fewer and self.kpis < LEAST_KPIS
        return self.value > KPI_VALUE and not exempt and not excused


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: a short name, its due day, its rule with the source, and whether it is met.

    `due` is None if it depends on an event, and `met` is None if the register cannot tell. `confirmed` is False if the
    rule or the day rests on a reading that the commercial team has not confirmed.
    """

    name: str
    due: date | None
    rule: str
    met: bool | None
    confirmed: bool

    @property
    def sentence(self) -> str:
        """The rule for people to read; an unconfirmed one asks them to check it."""
        return self.rule if self.confirmed else f"{self.rule} {CHECK}"


def outside_the_act(facts: DutyFacts) -> str | None:
    """Why the Act puts no duties on a contract, in one sentence; None if it does.

    A procurement begins before its contract starts, so an early enough start is also decisive.
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
    """The duties of a contract; none if `outside_the_act` gives a reason."""
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
    """The next assessment, or the last one if the contract was assessed at its end."""
    next_year = months_before(facts.last_assessed or facts.start, -12)
    finished = facts.ending is not None and facts.last_assessed is not None and facts.last_assessed >= facts.ending
    return Duty(
        name=ASSESSMENT,
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
        confirmed=facts.needs_kpis,  # our reading: it applies to smaller and exempt contracts too
    )


def _change(facts: DutyFacts) -> Duty:
    limits = f"the value by {facts.supplies.value_percent}% or less or the term by {MOST_TERM_PERCENT}% or less"
    rule = f"publish a {UK10} before a change, unless it moves {limits}."
    if facts.light_touch:  # section 75(6) of the Act leaves them out; this fact is not checked
        rule = f"ask before a change: a light touch contract seems to need no {UK10}."
    return Duty(
        name="Contract change notice (UK10)",
        due=None,
        rule=f"Under the {Regime.ACT_2023}, {rule}",
        met=None,
        confirmed=not facts.light_touch,
    )


def _ending(facts: DutyFacts) -> Duty:
    """The notice of the ending. It is not confirmed, because only here the day of the event counts."""
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
