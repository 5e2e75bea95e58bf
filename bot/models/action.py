"""Actions: who does what by when, from a contact, for a risk or a finding, or separately, all in one list."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from bot.models._folded import folded_from
from bot.models._model import Model
from bot.models._types import Instant, Key, public_id

_OF_FINDING = "finding_id is not null"


class ActionItem(Model, table=True):
    """One action, with its owner and due day. `closed_by_another`: somebody other than the owner must close it.

    That of a finding is said to be done (`said_done_on`) before the finding's lead verifies it; `evidence` shows it.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index("action_of_finding", "finding_id", sqlite_where=text(_OF_FINDING), postgresql_where=text(_OF_FINDING)),
        CheckConstraint("(done_on is null) = (done_by_id is null)", name="action_done_by_someone"),
        CheckConstraint("(said_done_on is null) = (said_done_by_id is null)", name="action_said_done_by_someone"),
        CheckConstraint("finding_id is not null or said_done_on is null", name="action_said_done_for_a_finding"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", sa_type=Key)
    risk_id: int | None = Field(default=None, foreign_key="risk.id", index=True, sa_type=Key)
    finding_id: int | None = Field(default=None, foreign_key="finding.id", sa_type=Key)
    what: str = Field(max_length=300)
    folded: str = folded_from("what")
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    due_on: date = Field(index=True)
    closed_by_another: bool = False
    added_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    added_at: datetime = Field(sa_type=Instant)
    said_done_on: date | None = None
    said_done_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    evidence: str = Field(default="", max_length=500)
    done_on: date | None = None
    done_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    done_note: str = Field(default="", max_length=300)

    @property
    def reference(self) -> str:
        """The action's reference: A-12."""
        return f"A-{self.id}"
