"""Reports: one is expected for each period, so that late and missing ones are recorded, and their figures."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.ratings import Rag, Rating
from bot.domain.report_cycle import REPORT, ReportDecision, ReportEvent, ReportState
from bot.models._model import Model
from bot.models._types import Figure, Instant, Key, choice, public_id
from bot.models._worked_out import WorkedOutDay

_AWAITED = "received_at is null"
_BY_SOMEBODY = "decided_by_id is not null"


class Report(Model, table=True):
    """A period's report: expected from the day the row exists, received with its figures, then accepted or queried.

    `received_at` is when it first came, `revised_at` when it last changed; the reporter is the last sender. A report
    that an import brought as accepted has no decider. `query` is the last query, and stays after its answer; `queries`
    counts the queries, and `revisions` the changes that nobody asked for. `rag` is the reporter's view of the delivery:
    red and amber have a reason and a path to green. `evidence` is where the figures can be checked: a link, or words.
    `judgements` counts how often the manager verified or overrode
    figures. `asked_on` and `query_asked_on` are the days on which its prompt and its last query reached the partner.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("contract_id", "period"),
        # The first report of a contract that waits for something is found without a look at the others.
        Index(
            "ix_report_awaited",
            "contract_id",
            "period",
            sqlite_where=text(_AWAITED),
            postgresql_where=text(_AWAITED),
        ),
        Index("report_awaited_prompt", "prompt_at", sqlite_where=text(_AWAITED), postgresql_where=text(_AWAITED)),
        Index("report_awaited_due", "due_on", sqlite_where=text(_AWAITED), postgresql_where=text(_AWAITED)),
        Index("report_awaited_asked", "asked_on", sqlite_where=text(_AWAITED), postgresql_where=text(_AWAITED)),
        Index("ix_report_decision", "decision", "contract_id", "period"),
        # What people decided lately is found without a look at the history that an import brought.
        Index(
            "report_decided",
            "decision",
            "decided_at",
            sqlite_where=text(_BY_SOMEBODY),
            postgresql_where=text(_BY_SOMEBODY),
        ),
        CheckConstraint("(received_at is null) = (reporter_id is null)", name="report_received_by_someone"),
        CheckConstraint("revised_at is null or received_at is not null", name="report_revised_is_received"),
        CheckConstraint("decision is null or received_at is not null", name="report_decided_is_received"),
        CheckConstraint("(decision is null) = (decided_at is null)", name="report_decided_at_some_time"),
        CheckConstraint("decided_by_id is null or decided_at is not null", name="report_decided_by_someone_sometime"),
        CheckConstraint(
            "coalesce(decision, '') <> 'queried' or decided_by_id is not null", name="report_queried_by_someone"
        ),
        CheckConstraint("queries = 0 or length(query) > 0", name="report_query_has_words"),
        CheckConstraint("coalesce(decision, '') <> 'queried' or queries > 0", name="report_queried_is_counted"),
        CheckConstraint("rag is null or received_at is not null", name="report_rag_is_received"),
        CheckConstraint(
            "coalesce(rag, 'Green') = 'Green' or (length(rag_reason) > 0 and length(path_to_green) > 0)",
            name="report_rag_has_a_path",
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    period: str = Field(max_length=7)
    due_on: date = Field(index=True, sa_type=WorkedOutDay)
    prompt_at: datetime = Field(sa_type=Instant)
    asked_on: date | None = Field(default=None, index=True)
    received_at: datetime | None = Field(default=None, sa_type=Instant)
    reporter_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    narrative: str = Field(default="", max_length=3000)
    rag: Rag | None = Field(default=None, sa_type=choice(Rag))
    rag_reason: str = Field(default="", max_length=1000)
    path_to_green: str = Field(default="", max_length=1000)
    evidence: str = Field(default="", max_length=1000)
    revised_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: ReportDecision | None = Field(default=None, sa_type=choice(ReportDecision))
    decided_at: datetime | None = Field(default=None, index=True, sa_type=Instant)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    query: str = Field(default="", max_length=1000)
    query_asked_on: date | None = None
    queries: int = 0
    revisions: int = 0
    judgements: int = 0

    @property
    def state(self) -> ReportState:
        """The state, from its dates and decision."""
        if self.received_at is None:
            return ReportState.AWAITED
        return ReportState.RECEIVED if self.decision is None else ReportState(self.decision.value)

    @property
    def events(self) -> list[ReportEvent]:
        """What can become of it in its state."""
        return [row.event for row in REPORT.of_state(self.state)]

    @property
    def version(self) -> str:
        """The version that a decision's button carries, so that nobody decides on a report that has changed since."""
        return f"{self.queries} {self.state} {self.revisions or ''}".rstrip()

    @property
    def figures_version(self) -> str:
        """The version that a form about its figures carries, so that nobody judges figures that have changed since."""
        at = self.revised_at or self.received_at
        return f"{at:%Y%m%d%H%M%S%f}.{self.revisions}" if at else ""

    @property
    def reference(self) -> str:
        """The report's reference: P-12."""
        return f"P-{self.id}"


class Reading(Model, table=True):
    """A KPI's figure in one report, and its rating at the time. Without a figure the rating is Other, with the reason.

    `part` and `whole` are the parts from which the figure was computed; an average has `whole`, its number of cases.
    With a whole of 0 there was nothing to count, and no figure (see bot.domain.parts).

    `rating` is the one in force, for every list and page; `computed` follows from the cut-offs. They differ if the
    contract manager overrode the rating, with who, when and why. A figure is self-reported until somebody verifies it.
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint("part is null or whole is not null", name="reading_part_of_a_whole"),
        CheckConstraint("coalesce(whole, 1) > 0 or value is null", name="reading_nothing_has_no_value"),
        CheckConstraint("coalesce(whole, 0) = 0 or value is not null", name="reading_parts_make_a_value"),
        CheckConstraint("overridden_at is not null or rating = computed", name="reading_rating_is_computed"),
        CheckConstraint("(overridden_at is null) = (overridden_by_id is null)", name="reading_overridden_by_someone"),
        CheckConstraint("overridden_at is null or length(override_reason) > 0", name="reading_overridden_for_a_reason"),
        CheckConstraint("(verified_at is null) = (verified_by_id is null)", name="reading_verified_by_someone"),
    )

    report_id: int = Field(foreign_key="report.id", primary_key=True, sa_type=Key)
    kpi_id: int = Field(foreign_key="kpi.id", primary_key=True, index=True, sa_type=Key)
    value: Decimal | None = Field(default=None, sa_type=Figure)
    part: Decimal | None = Field(default=None, sa_type=Figure)
    whole: Decimal | None = Field(default=None, sa_type=Figure)
    rating: Rating = Field(sa_type=choice(Rating))
    computed: Rating = Field(sa_type=choice(Rating, "computed"))
    why: str = Field(default="", max_length=300)
    override_reason: str = Field(default="", max_length=300)
    overridden_at: datetime | None = Field(default=None, sa_type=Instant)
    overridden_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    verified_at: datetime | None = Field(default=None, sa_type=Instant)
    verified_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)


class ReportAnswer(Model, table=True):
    """A partner's answer in a report's thread, to its first query, its second and so on."""

    __tablename__ = "report_answer"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    report_id: int = Field(foreign_key="report.id", index=True, sa_type=Key)
    query: int
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    words: str = Field(max_length=3000)
    at: datetime = Field(sa_type=Instant)
