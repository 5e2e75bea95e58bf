"""The contact log: every conversation with a partner. Entries are only ever added."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from bot.models._append_only import append_only, but_for_redaction
from bot.models._folded import folded_from
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id


class ContactChannel(StrEnum):
    """How a contact was made."""

    EMAIL = "email"
    PHONE = "phone"
    VIDEO = "video"
    FACE_TO_FACE = "face to face"
    LETTER = "letter"
    SITE_VISIT = "site visit"
    MESSAGE = "Slack message"


class MadeBy(StrEnum):
    """Which side made a contact. The words follow the channel: "phone, by the partner"."""

    OURS = "by us"
    PARTNERS = "by the partner"


_KEPT = (
    *("id", "public_id", "contract_id", "channel", "happened_on", "happened_at", "made_by", "next_contact_on"),
    *("formal_notice", "author_id", "logged_at", "corrects_id", "withdrawn"),
)


@append_only(but_for=but_for_redaction(*_KEPT), of_contract="old.contract_id")
class Contact(Model, table=True):
    """One contact: the day it happened, and when and by whom it was logged.

    `attendees` are participants who are not in the register; those who are have a ContactPerson. `link` is the address
    of its notes.

    A correction is a new entry that points at the entry it replaces; so is the withdrawal of a mistaken entry. Each
    entry is corrected at most once: a later correction corrects the previous correction. The texts of an entry change
    only where a person is redacted, of which the entry of the trail tells that `redaction_id` names.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("not withdrawn or corrects_id is not null", name="contact_withdrawn_points_at_entry"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    channel: ContactChannel = Field(sa_type=choice(ContactChannel))
    happened_on: date = Field(index=True)
    happened_at: time | None = None  # in London
    made_by: MadeBy = Field(default=MadeBy.OURS, sa_type=choice(MadeBy))
    attendees: str = Field(default="", max_length=500)
    purpose: str = Field(default="", max_length=200)
    summary: str = Field(max_length=3000)
    decisions: str = Field(default="", max_length=3000)
    folded: str = folded_from("summary", "decisions", "purpose", "attendees")
    next_contact_on: date | None = None
    formal_notice: bool = False
    link: str = Field(default="", max_length=500)
    author_id: int = Field(foreign_key="person.id", sa_type=Key)
    logged_at: datetime = Field(sa_type=Instant)
    corrects_id: int | None = Field(default=None, foreign_key="contact.id", unique=True, sa_type=Key)
    withdrawn: bool = False
    redaction_id: int | None = Field(default=None, sa_type=Key)

    @property
    def reference(self) -> str:
        """The entry's reference: C-12."""
        return f"C-{self.id}"


@append_only(of_contract="(select contract_id from contact where id = old.contact_id)")
class ContactPerson(Model, table=True):
    """A person of the register who took part in a contact."""

    __tablename__ = "contact_person"

    contact_id: int = Field(foreign_key="contact.id", primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, sa_type=Key)
