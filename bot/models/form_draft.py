"""Form drafts: what people typed and did not send, so that nobody types anything twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Instant, Json, Key, public_id


class FormDraft(Model, table=True):
    """A person's unsent entries in a form, by field, until the form is sent or the draft expires. Only they can see it.

    `form` is the form's name, `subject` the record that it is about, and `since` the last audit entry when it was
    opened. `view` is the reopened form while its owner chooses between going on and starting again; `shown_as` is the
    key of the message that shows the entries.
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
