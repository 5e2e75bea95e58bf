"""Interventions at levels 1 to 4 where delivery falls short, and their log."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.intervention_cycle import HIGHEST, LOWEST, InterventionEvent
from bot.records import readers
from bot.records.fields import Contract, Day, KpiCode, Name, Person
from bot.records.record import Misfit, Record, columns


class InterventionRecord(Record):
    """Interventions where delivery falls short."""

    sheet = "interventions"
    one = "intervention"
    key_fields = ("contract", "level", "area", "opened")
    table = models.Intervention
    stored_as = columns(
        contract="contract_id",
        kpi="kpi_id",
        lead="lead_id",
        opened="opened_on",
        review="review_on",
        told="told_on",
        left="left_on",
    )
    in_order = (("opened", "review"), ("opened", "told"), ("opened", "left"))
    have_been = ("opened", "told", "left")

    contract: Contract = Field(description="The reference of the contract.")
    level: Annotated[int, readers.whole(LOWEST, HIGHEST)] = Field(
        description="1 standing, 2 informal, led by the performance manager, 3 informal, led by senior management, "
        "4 formal."
    )
    area: Name = Field(title="What it is about", description="The KPI’s name, or an area in words.")
    kpi: KpiCode | None = Field(default=None, title="KPI", description="The code of the KPI, if it is about one.")
    reason: Annotated[str, readers.text(1000)] = Field(description="Why it was entered.")
    lead: Person = Field(description="The Slack member id of the person who leads it.")
    exit_test: Annotated[str, readers.text(500)] = Field(description="What ends it, usually 3 good periods.")
    opened: Day = Field(title="Entered on", description="The day it was entered.")
    review: Day = Field(title="Next review", description="The day of its next review, usually monthly.")
    told: Day | None = Field(
        title="Partner told on", default=None, description="The day the partner was told; blank if it was not."
    )
    told_words: Annotated[str, readers.text(2000)] = Field(
        default="", title="What the partner was told", description="What the partner was told, in words for them."
    )
    left: Day | None = Field(title="Left on", default=None, description="The day it was left; blank if it is in force.")
    outcome: Annotated[str, readers.text(1000)] = Field(default="", description="What came of it, once it was left.")

    @model_validator(mode="after")
    def _left_and_told(self) -> Self:
        if self.left is not None and not self.outcome:
            raise Misfit("outcome", "one that was left has an outcome. Enter it.")
        if self.told is not None and not self.told_words:
            raise Misfit("told_words", "the partner was told something. Enter what.")
        return self


class InterventionEntryRecord(Record):
    """The log of interventions, their reviews and the support given: an import adds to it and changes nothing."""

    sheet = "intervention_log"
    one = "entry of an intervention"
    many = "entries of interventions"
    key_fields = ("contract", "level", "area", "opened", "day", "kind")
    table = models.InterventionEntry
    stored_as = columns(
        contract="contract_id", area="intervention_id", day="happened_on", by="author_id", logged="logged_at"
    )
    in_order = (("opened", "day"), ("day", "logged"))
    have_been = ("opened", "day", "logged")
    repeats = True
    final = "this is in the log already, with something else in it. Take its row out, or leave it as it was."

    contract: Contract = Field(description="The reference of the contract.")
    level: Annotated[int, readers.whole(LOWEST, HIGHEST)] = Field(description="The level of the intervention.")
    area: Name = Field(title="What it is about", description="As on the sheet interventions.")
    opened: Day = Field(title="Entered on", description="The day the intervention was entered.")
    day: Day = Field(description="The day of the review, or of the support.")
    kind: Annotated[InterventionEvent, readers.choice(InterventionEvent)] = Field(description="What happened.")
    words: Annotated[str, readers.text(1000)] = Field(
        title="What was found or given", description="What was found, given or achieved."
    )
    by: Person = Field(title="Logged by", description="The Slack member id of the person who logged it.")
    logged: Day = Field(title="Logged on", description="The day it was logged.")

    @property
    def is_final(self) -> bool:
        """What is in the log stays as it is."""
        return True
