"""What a contract requires: KPIs and options to extend."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.figures import Unit, format_figure
from bot.domain.option_cycle import OPTION
from bot.domain.parts import Combining
from bot.domain.ratings import CutOffs, CutOffsOutOfOrder, Direction, check_cut_offs, may_be_a_fraction
from bot.domain.wording import format_number, join_words
from bot.models import Decision, Source
from bot.records import readers
from bot.records.cells import Percentage
from bot.records.fields import Contract, Day, Due, Figure, Flag, KpiCode, Name, Period, Person
from bot.records.record import Hint, Misfit, Record, columns

_CUT_OFFS = ("good", "approaching", "requires_improvement")
ENDED = Field(
    title="Ended on", default=None, description="The day on which it was given up before its time; blank if it stands."
)
END_REASON = Field(title="Why it ended", default="", description="Why it was given up; blank if it stands.")
_GOOD = Field(title="Last figure rated Good", description="The target: a figure as good as this is rated Good.")
_APPROACHING = Field(
    title="Last figure rated Approaching target", description="The last figure that is rated Approaching target."
)
_REQUIRES_IMPROVEMENT = Field(
    title="Last figure rated Requires improvement",
    description="The last figure that is rated Requires improvement. What is worse is Inadequate.",
)
EndReason = Annotated[str, readers.text(300)]


class Term(Record):
    """What a contract requires. It may end before its time, for a reason: then it is kept, and asked of nobody."""

    end: ClassVar[tuple[str, str]] = ("ended", "end_reason")
    """The fields that say when it ended and why."""

    @model_validator(mode="after")
    def _ended_for_a_reason(self) -> Self:
        ended, reason = (getattr(self, name) for name in self.end)
        if ended is not None and not reason:
            raise Misfit(self.end[1], "what has ended has a reason. Say why.")
        if reason and ended is None:
            raise Misfit(self.end[0], "what has a reason to end has ended. Say when, or leave out why.")
        return self


class KpiRecord(Term):
    """The key performance indicators (KPIs) of each contract, with the cut-offs of their ratings."""

    sheet = "kpis"
    one = "KPI"
    key_fields = ("contract", "code")
    table = models.Kpi
    stored_as = columns(contract="contract_id")
    end = ("last_period", "end_reason")
    apart = (*_CUT_OFFS, "since")
    not_in_forms = ("contract", *end)

    contract: Contract = Field(description="The reference of the contract.")
    code: KpiCode = Field(description="A short word, unique in the contract. Figures point at it.")
    name: Name = Field(description="What the KPI is called.")
    definition: Annotated[str, readers.text(1000)] = Field(default="", description="How it is measured.")
    unit: Annotated[Unit, readers.choice(Unit)] = Field(description="What it is measured in.")
    direction: Annotated[Direction, readers.choice(Direction)] = Field(description="Which way it improves.")
    combines: Annotated[Combining, readers.choice(Combining)] | None = Field(
        title="How its months combine",
        default=None,
        description="How the figures of several months make one. ratio: the parts are added up and divided. average: "
        "each month counts by its number of cases. sum: the months are added up. last: the last month stands for all, "
        "as for a backlog. If blank: ratio for %, per 1,000 and per 100,000, sum for a count, average for the rest.",
    )
    may_be_negative: Flag = Field(
        title="May be below 0",
        default=False,
        description="Whether figures and cut-offs may be below 0, as those of a net promoter score. Such a KPI is no "
        "ratio; if combines is blank, it is an average.",
    )
    good: Figure = _GOOD
    approaching: Figure = _APPROACHING
    requires_improvement: Figure = _REQUIRES_IMPROVEMENT
    since: Annotated[Period | None, Hint("Ratings of earlier months stay by the cut-offs of their time.")] = Field(
        title="In force from",
        default=None,
        description="The month from which these cut-offs hold. If blank: the first month of a new KPI; for other "
        "cut-offs of one that has figures, the next month that is not reported yet.",
    )
    source: Annotated[Source, readers.choice(Source)] = Field(
        default=Source.SELF_REPORTED, description="Where its figures come from."
    )
    weight: Annotated[int, readers.whole(0, 100)] | None = Field(
        default=None, description="Its weight among the KPIs of the contract, from 0 to 100."
    )
    last_period: Period | None = Field(
        title="Last month",
        default=None,
        description="The last month for which it is reported, if it was given up; blank if it stands.",
    )
    end_reason: EndReason = END_REASON

    @property
    def cut_offs(self) -> CutOffs:
        """The three cut-offs."""
        return CutOffs(self.good, self.approaching, self.requires_improvement)

    @model_validator(mode="after")
    def _cut_offs_fit(self) -> Self:
        for column in _CUT_OFFS:
            if isinstance(getattr(self, column), Percentage) and self.unit is not Unit.PERCENT:
                raise Misfit(column, f"this KPI is measured in {self.unit}. Leave out the per cent sign.")
            if getattr(self, column) < 0 and not self.may_be_negative:
                raise Misfit(column, "it is below 0. If figures of this KPI may be, enter yes in may_be_negative.")
        self._combines_fits()
        self._cut_offs_are_on_one_scale()
        try:
            check_cut_offs(self.cut_offs, self.direction)
        except CutOffsOutOfOrder as error:
            raise Misfit(error.field or _CUT_OFFS[0], error.sentence) from None
        return self

    def _combines_fits(self) -> None:
        if self.combines is Combining.RATIO and self.may_be_negative:
            raise Misfit("combines", "what may be below 0 is no ratio. Enter average, sum or last.")
        if self.combines is not None and not self.combines.fits(self.unit):
            raise Misfit("combines", f"figures in {self.unit} do not add up. Enter ratio, average or last.")

    def _cut_offs_are_on_one_scale(self) -> None:
        """Refuse a fraction beside percentages, as 0.9 beside 95%: it could mean 0.9% or 90%."""
        if self.unit is not Unit.PERCENT:
            return
        given = {column: getattr(self, column) for column in _CUT_OFFS}
        signed = any(isinstance(value, Percentage) for value in given.values())
        for column, value in given.items():
            others = [other for name, other in given.items() if name != column]
            if not isinstance(value, Percentage) and may_be_a_fraction(value, others, signed=signed):
                beside, both = (
                    [format_figure(each, Unit.PERCENT) for each in some] for some in (others, (value, value * 100))
                )
                raise Misfit(
                    column,
                    f"{format_number(value)} beside {join_words(beside)} could mean {join_words(both, 'or')}. "
                    "Enter all three with a per cent sign.",
                )


class TargetRecord(Record):
    """The cut-offs of KPIs in other months than those in the sheet kpis, each from a month on until the next."""

    sheet = "targets"
    one = "target"
    key_fields = ("contract", "kpi", "since")
    table = models.KpiTarget
    stored_as = columns(kpi="kpi_id", since="from_period")

    contract: Contract = Field(description="The reference of the contract.")
    kpi: KpiCode = Field(title="KPI", description="The code of the KPI.")
    since: Period = Field(
        title="In force from",
        description="The month from which these cut-offs hold. No figure of it, or of a later month, may have come.",
    )
    good: Figure = _GOOD
    approaching: Figure = _APPROACHING
    requires_improvement: Figure = _REQUIRES_IMPROVEMENT

    @property
    def cut_offs(self) -> CutOffs:
        """The three cut-offs."""
        return CutOffs(self.good, self.approaching, self.requires_improvement)


class OptionRecord(Term):
    """Rights to extend a contract, each with the last day to decide."""

    sheet = "options"
    one = "option"
    key_fields = ("contract", "name")
    table = models.ExtensionOption
    stored_as = columns(
        contract="contract_id",
        recorded="recorded_on",
        decided="decided_on",
        decided_by="decided_by_id",
        reason="decision_reason",
        varied="varied_on",
        ended="ended_on",
    )
    have_been = ("recorded", "decided", "varied", "ended")
    not_in_forms = ("contract", "decision", "recorded", "decided", "decided_by", "reason", *Term.end)

    contract: Contract = Field(description="The reference of the contract.")
    name: Name = Field(description="What the option is called, unique in the contract.")
    months: Annotated[int, readers.whole(1, 240)] = Field(description="How many months it adds.")
    decide_by: Due = Field(
        description="The last day to decide, or a rule that gives it, for example 6 months before 31 August 2027. A "
        "later day than before needs the variation that agreed it.",
    )
    variation: Annotated[str, readers.text(150)] = Field(
        title="Variation of the day to decide",
        default="",
        description="The reference or title of the variation that agreed a later day to decide; blank if the day is "
        "that of the contract.",
    )
    varied: Day | None = Field(
        title="Variation agreed on", default=None, description="The day on which that variation was agreed."
    )
    decision: Annotated[Decision, readers.choice(Decision)] = Field(
        default=Decision.OPEN, description="What became of it."
    )
    recorded: Day | None = Field(
        title="Recorded on",
        default=None,
        description="The day it was entered; if blank, today. An open option has its day to decide ahead then.",
    )
    decided: Day | None = Field(
        title="Decided on", default=None, description="The day of the decision; blank if it is open or not known."
    )
    decided_by: Person | None = Field(default=None, description="The Slack member id of who decided.")
    reason: Annotated[str, readers.text(1000)] = Field(default="", description="Why it was decided so.")
    ended: Day | None = ENDED
    end_reason: EndReason = END_REASON

    @model_validator(mode="after")
    def _varied_on_a_day(self) -> Self:
        if bool(self.variation) != (self.varied is not None):
            missing = "variation" if self.varied else "varied"
            raise Misfit(missing, "a later day to decide has the variation that agreed it, and its day. Enter both.")
        return self

    @model_validator(mode="after")
    def _decided_by_somebody_for_a_reason(self) -> Self:
        parts = {"decided": self.decided, "decided_by": self.decided_by, "reason": self.reason}
        blank = [column for column, value in parts.items() if not value]
        if 0 < len(blank) < len(parts):
            raise Misfit(blank[0], f"a decision that is known has {join_words(list(parts))}. Enter all, or none.")
        if not blank and self.decision in OPTION.open_states:
            raise Misfit("decision", "nobody has decided on an open option. Enter taken or declined, or leave out why.")
        return self
