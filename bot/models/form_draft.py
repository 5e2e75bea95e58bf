"""What people typed and did not send yet, so that nobody types anything twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.models._types import Instant, Json, Key, public_id


class FormDraft(SQLModel, table=True):
    """What somebody entered in a form, by field: a draft of theirs alone, until the form is sent or time is up.

    `form` is the form's name, `subject` the record that it is about, and `since` the last entry in the audit when it
    was opened. `view` is the form as it opened again, while its owner chooses between going on and beginning anew;
    `shown_as` is the key of the message that shows what was entered.
    """

    __tablename__ = "form_draft"
    __table_args__ = (UniqueConstraint("person_id", "form", "subject"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    form: str = Field(max_length=80)
    subject: str = Field(max_length=80)
    entered: dict[str, str] = Field(sa_type=Json)
    view: dict[str, Any] | None = Field(default=None, sa_type=Json)
    shown_as: str = Field(default="", max_length=120)
    since: int = Field(default=0, sa_type=Key)
    at: datetime = Field(index=True, sa_type=Instant)
