"""What partners are told: memos and policies in versions, their recipients, and each recipient's answers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.document_cycle import DocumentKind, ExceptionState, VersionState
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id
from bot.models._worked_out import WorkedOutDay

_ISSUED = "state = 'issued'"
_BEGUN = "state in ('draft', 'approved')"
_UNTOLD = "told < wanted"
_UNCOUNTED = "counts_told < counts_wanted"
_UNACKNOWLEDGED = "acknowledged_on is null and acknowledge_by is not null"
_UNANSWERED = "answered_at is null"
_UNDECIDED = "state = 'asked'"


class DocumentSeries(Model, table=True):
    """The last number of a kind that was given here. Whoever takes the next locks the row."""

    __tablename__ = "document_series"

    kind: DocumentKind = Field(primary_key=True, sa_type=choice(DocumentKind))
    last: int = 0


class Document(Model, table=True):
    """A memo or a policy. Its numbers are one series for the department; two that were imported may have the same.

    `review_by` is the day by which a policy in force is to be reviewed.
    """

    __tablename__ = "document"
    __table_args__ = (Index("document_number", "kind", "number"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    kind: DocumentKind = Field(sa_type=choice(DocumentKind))
    number: int
    review_by: date | None = Field(default=None, index=True)

    @property
    def name(self) -> str:
        """What people call it: Change memo 4."""
        return f"{self.kind.called} {self.number}"


class DocumentVersion(Model, table=True):
    """What a document says. `sha256` is the hash of the text as it was issued, "" for one that was imported.

    One that is `for_information` is not acknowledged. A draft without `acknowledge_by` gets the usual day at its issue.
    A minor version of a policy asks only those who have not acknowledged the version before. `ask_id` is whom partners
    may ask, `ended_why` why it was withdrawn.
    """

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "version"),
        Index(
            "document_version_issued",
            "document_id",
            unique=True,
            sqlite_where=text(_ISSUED),
            postgresql_where=text(_ISSUED),
        ),
        Index(
            "document_version_begun",
            "document_id",
            unique=True,
            sqlite_where=text(_BEGUN),
            postgresql_where=text(_BEGUN),
        ),
        CheckConstraint(
            "(state in ('draft', 'approved', 'discarded')) = (issued_at is null)", name="version_issued_at"
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    document_id: int = Field(foreign_key="document.id", sa_type=Key)
    version: int = 1
    state: VersionState = Field(sa_type=choice(VersionState))
    subject: str = Field(max_length=200)
    summary: str = Field(default="", max_length=3000)
    action: str = Field(default="", max_length=1000)
    effective_on: date | None = None
    acknowledge_by: date | None = Field(default=None, sa_type=WorkedOutDay)
    for_information: bool = False
    urgent: bool = False
    is_minor: bool = False
    ask_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    links: str = Field(default="", max_length=2000)
    sha256: str = Field(default="", max_length=64)
    written_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    issued_at: datetime | None = Field(default=None, sa_type=Instant)
    issued_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_why: str = Field(default="", max_length=300)


class DocumentChange(Model, table=True):
    """A row of the table of changes of a version, at its place."""

    __tablename__ = "document_change"

    version_id: int = Field(foreign_key="document_version.id", primary_key=True, sa_type=Key)
    place: int = Field(primary_key=True)
    chapter: str = Field(default="", max_length=100)
    paragraph: str = Field(default="", max_length=100)
    change: str = Field(max_length=500)
    version: str = Field(default="", max_length=100)


class DocumentRecipient(Model, table=True):
    """The partner's organisation on a contract, as the recipient of a version, and its answer.

    `asked_on` is the day on which it reached the first of its people. `acknowledged_by_id` is who of them acknowledged
    it, None where it was done outside Slack. The `counts_` are of the message in the contract's internal channel: how
    often it is to be brought up to date, how often it was, and when last.
    """

    __tablename__ = "document_recipient"
    __table_args__ = (
        UniqueConstraint("version_id", "contract_id"),
        Index(
            "document_recipient_uncounted",
            "version_id",
            sqlite_where=text(_UNCOUNTED),
            postgresql_where=text(_UNCOUNTED),
        ),
        Index(
            "document_recipient_open",
            "version_id",
            sqlite_where=text(_UNACKNOWLEDGED),
            postgresql_where=text(_UNACKNOWLEDGED),
        ),
        CheckConstraint("acknowledged_by_id is null or acknowledged_on is not null", name="recipient_acknowledged_on"),
        CheckConstraint("(passed_on_on is null) = (passed_on_by_id is null)", name="recipient_passed_on_by"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    version_id: int = Field(foreign_key="document_version.id", sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    acknowledge_by: date | None = Field(default=None, index=True, sa_type=WorkedOutDay)
    asked_on: date | None = Field(default=None, index=True)
    acknowledged_on: date | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    passed_on_on: date | None = None
    passed_on_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    counts_wanted: int = 0
    counts_told: int = 0
    counts_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def is_awaited(self) -> bool:
        """Whether it is asked to acknowledge it, and has not."""
        return self.acknowledge_by is not None and self.acknowledged_on is None


class DocumentNotice(Model, table=True):
    """The one message to a person about a version: how often it is to be brought up to date, and how often it was.

    `withdrawal_told`: they were told that it was withdrawn.
    """

    __tablename__ = "document_notice"
    __table_args__ = (
        UniqueConstraint("version_id", "person_id"),
        Index("document_notice_untold", "id", sqlite_where=text(_UNTOLD), postgresql_where=text(_UNTOLD)),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    version_id: int = Field(foreign_key="document_version.id", sa_type=Key)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=Key)
    wanted: int = 1
    told: int = 0
    withdrawal_told: bool = False

    @property
    def key(self) -> str:
        """The key of the message in the outbox."""
        return f"document-notice-{self.id}"


class DocumentTold(Model, table=True):
    """The recipients for which a person gets their message."""

    __tablename__ = "document_told"

    recipient_id: int = Field(foreign_key="document_recipient.id", primary_key=True, sa_type=Key)
    notice_id: int = Field(foreign_key="document_notice.id", primary_key=True, index=True, sa_type=Key)


class DocumentQuestion(Model, table=True):
    """A partner's question about a document. `message` is the key of the message that put it to the department."""

    __tablename__ = "document_question"
    __table_args__ = (
        Index(
            "document_question_open", "answer_by", sqlite_where=text(_UNANSWERED), postgresql_where=text(_UNANSWERED)
        ),
        CheckConstraint("(answered_at is null) = (answered_by_id is null)", name="question_answered_by"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    recipient_id: int = Field(foreign_key="document_recipient.id", index=True, sa_type=Key)
    asked_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    words: str = Field(max_length=2000)
    asked_at: datetime = Field(sa_type=Instant)
    answer_by: date = Field(sa_type=WorkedOutDay)
    answer: str = Field(default="", max_length=2000)
    answered_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    message: str = Field(default="", max_length=80)


class DocumentException(Model, table=True):
    """A partner's request for an exception to a document, and the decision. `until` is its last day."""

    __tablename__ = "document_exception"
    __table_args__ = (
        Index("document_exception_open", "decide_by", sqlite_where=text(_UNDECIDED), postgresql_where=text(_UNDECIDED)),
        CheckConstraint("(state = 'asked') = (decided_at is null)", name="exception_decided_at"),
        CheckConstraint("(state = 'granted') = (until is not null)", name="exception_granted_until"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    recipient_id: int = Field(foreign_key="document_recipient.id", index=True, sa_type=Key)
    asked_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    reason: str = Field(max_length=2000)
    asked_at: datetime = Field(sa_type=Instant)
    asked_until: date
    state: ExceptionState = Field(sa_type=choice(ExceptionState))
    decide_by: date = Field(sa_type=WorkedOutDay)
    until: date | None = None
    decision: str = Field(default="", max_length=1000)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    message: str = Field(default="", max_length=80)
