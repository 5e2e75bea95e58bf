"""The contact log: every conversation with a partner, kept. Entries are only ever added."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from bot.models._types import Instant, Key, choice


class ContactChannel(StrEnum):
    """How a contact was made."""

    EMAIL = "email"
    PHONE = "phone"
    VIDEO = "video"
    FACE_TO_FACE = "face to face"
    LETTER = "letter"
    SITE_VISIT = "site visit"


class Contact(SQLModel, table=True):
    """One contact: the day it happened, and when and by whom it was logged."""

    __tablename__ = "contact"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    channel: ContactChannel = Field(sa_type=choice(ContactChannel))
    happened_on: date
    attendees: str = Field(default="", max_length=500)
    summary: str = Field(max_length=3000)
    next_contact_on: date | None = None
    formal_notice: bool = False
    author_id: int = Field(foreign_key="person.id", sa_type=Key)
    logged_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """How people name this entry: C-12."""
        return f"C-{self.id}"
