"""Reports and their figures."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.figures import MOST, MOST_DECIMAL_PLACES, Unit
from bot.domain.parts import share
from bot.domain.ratings import Outlook, Rag, Rating
from bot.domain.wording import join_words
from bot.records import readers
from bot.records.fields import Contract, Day, Figure, KpiCode, Period, Person, Story
from bot.records.record import Misfit, Record, columns


class Decided(StrEnum):
    """What became of a report that came."""

    ACCEPTED = "accepted"
    QUERIED = "queried"
    OPEN = "to be accepted"


class ReportRecord(Record):
    """The report of each month. One that is not received is late once its due day has passed."""

    sheet = "reports"
    one = "report"
    key_fields = ("contract", "period")
    table = models.Report
    stored_as = columns(
        contract="contract_id",
        due="due_on",
        received="received_at",
        by="reporter_id",
        decided="decided_at",
        decided_by="decided_by_id",
    )
    in_order = (("received", "decided"),)
    have_been = ("received", "decided")

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(description="The month that it covers, for example 2026-11.")
    due: Day | None = Field(
        title="Due on",
        default=None,
        description="The day it was due; if blank, as the contract's report_working_day says.",
    )
    received: Day | None = Field(title="Received on", default=None, description="The day it came; blank if it has not.")
    by: Person | None = Field(
        title="Sent by", default=None, description="The Slack member id of the person who sent it."
    )
    narrative: Story = Field(default="", description="What it says besides the figures.")
    decision: Annotated[Decided, readers.choice(Decided)] | None = Field(
        default=None,
        description="What the contract manager decided. If blank, a report that came is accepted, as history is.",
    )
    decided: Day | None = Field(
        title="Decided on",
        default=None,
        description="The day of the decision; if blank, the day of the import.",
    )
    decided_by: Person | None = Field(
        default=None, description="The Slack member id of who decided; blank for an accepted report if nobody is known."
    )
    query: Annotated[str, readers.text(1000)] = Field(default="", description="What was asked, for a queried report.")
    rag: Annotated[Rag, readers.choice(Rag)] | None = Field(
        title="RAG", default=None, description="How who sent it sees the delivery; blank if they did not say."
    )
    rag_reason: Annotated[str, readers.text(1000)] = Field(
        title="Reason for the RAG", default="", description="Why it is that. Amber and red have a reason."
    )
    path_to_green: Annotated[str, readers.text(1000)] = Field(
        default="", description="How it becomes green again. Amber and red have a path."
    )
    evidence: Annotated[str, readers.text(1000)] = Field(
        default="", description="Where its figures can be checked: a link, or words."
    )

    @model_validator(mode="after")
    def _received_from_somebody(self) -> Self:
        if (self.received is None) != (self.by is None):
            missing = "received" if self.received is None else "by"
            raise Misfit(missing, "a report that came has both received and by. Enter both, or neither.")
        return self

    @model_validator(mode="after")
    def _decided_by_somebody(self) -> Self:
        if self.decision in (None, Decided.OPEN) and self.decided_by:
            raise Misfit("decided_by", "nobody has decided on this report yet. Leave it blank, or enter a decision.")
        if self.decision is Decided.QUERIED and not (self.query and self.decided_by):
            raise Misfit("decision", "a queried report has a query, and who asked it as decided_by. Enter both.")
        return self

    @model_validator(mode="after")
    def _rag_with_its_path(self) -> Self:
        said = Outlook(self.rag, self.rag_reason, self.path_to_green)
        if self.rag is None and (said.reason or said.path):
            raise Misfit("rag", "a reason or a path belongs to a rag. Enter Green, Amber or Red, or leave those blank.")
        if said.needs_a_path and not (said.reason and said.path):
            raise Misfit("rag", "amber and red have a rag_reason and a path_to_green. Enter both.")
        return self


class ReadingRecord(Record):
    """The figures of the reports that came."""

    sheet = "figures"
    one = "figure"
    key_fields = ("contract", "period", "kpi")
    table = models.Reading
    stored_as = columns(
        kpi="kpi_id",
        rated="overridden_at",
        rated_by="overridden_by_id",
        rating_why="override_reason",
        verified="verified_at",
        verified_by="verified_by_id",
    )
    have_been = ("verified", "rated")

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(description="The month of the report.")
    kpi: KpiCode = Field(title="KPI", description="The code of the KPI.")
    value: Figure | None = Field(
        default=None,
        description="The figure, in the unit of the KPI; blank if there is none. It is rated by the cut-offs.",
    )
    part: Figure | None = Field(
        default=None, description="Of a ratio, what is counted: the starts on time. With it, value can stay blank."
    )
    whole: Figure | None = Field(
        default=None, description="Of a ratio, what it is a share of: all starts. Of an average, its number of cases."
    )
    why: Annotated[str, readers.text(300)] = Field(
        title="Why there is no figure", default="", description="Why there is no figure, if there is none."
    )
    verified: Day | None = Field(
        title="Verified on",
        default=None,
        description="The day the figure was verified; blank if it is the partner's own word.",
    )
    verified_by: Person | None = Field(default=None, description="The Slack member id of the person who verified it.")
    rating: Annotated[Rating, readers.choice(Rating)] | None = Field(
        default=None, description="The rating that the contract manager set instead; blank if it is by the cut-offs."
    )
    rating_why: Annotated[str, readers.text(300)] = Field(
        title="Why the rating was set", default="", description="Why it was set."
    )
    rated: Day | None = Field(title="Rating set on", default=None, description="The day it was set.")
    rated_by: Person | None = Field(
        title="Rating set by", default=None, description="The Slack member id of the person who set it."
    )

    def agrees_with_its_parts(self, unit: Unit) -> bool:
        """Whether the figure equals the result of its parts in either rounding, because a KPI's direction may have
        changed since."""
        if self.value is None or self.part is None or not self.whole:
            return True
        made = share(self.part, self.whole, unit)
        return self.value <= MOST and abs(Fraction(self.value) - made) * 10**MOST_DECIMAL_PLACES < 1

    @model_validator(mode="after")
    def _value_or_why(self) -> Self:
        for column in ("part", "whole"):
            if (getattr(self, column) or 0) < 0:
                raise Misfit(column, "it is below 0, and what is counted is not. Correct it.")
        if self.part is not None and self.whole is None:
            raise Misfit("whole", "a part is a part of something. Enter what as whole, or leave out part.")
        if self.whole == 0 and (self.value is not None or self.part):
            raise Misfit("whole", "with a whole of 0 there is nothing to count. Leave the value blank and say why.")
        if (self.value is None and not (self.part is not None and self.whole)) == (not self.why):
            raise Misfit("why", "say why where there is no figure, and only there. Enter a value or a why.")
        return self

    @model_validator(mode="after")
    def _judged_by_somebody(self) -> Self:
        if (self.verified is None) != (self.verified_by is None):
            missing = "verified" if self.verified is None else "verified_by"
            raise Misfit(missing, "a verified figure has both verified and verified_by. Enter both, or neither.")
        parts = {"rating": self.rating, "rating_why": self.rating_why, "rated": self.rated, "rated_by": self.rated_by}
        blank = [column for column, value in parts.items() if not value]
        if 0 < len(blank) < len(parts):
            raise Misfit(blank[0], f"a rating that was set has {join_words(list(parts))}. Enter all, or none.")
        return self
