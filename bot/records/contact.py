"""Contacts with partners."""

from typing import Annotated

from pydantic import Field

from bot import models
from bot.models import ContactChannel, MadeBy
from bot.records import readers
from bot.records.fields import Clock, Contract, Day, Flag, People, Person, Story, Title
from bot.records.record import Record, columns


class ContactRecord(Record):
    """The contact log, without what was put right or taken back. An import adds to it, and changes nothing in it."""

    sheet = "contacts"
    one = "contact"
    key_fields = ("contract", "day", "channel", "by", "purpose")
    table = models.Contact
    stored_as = columns(
        contract="contract_id",
        day="happened_on",
        time="happened_at",
        by="author_id",
        next_contact="next_contact_on",
        logged="logged_at",
    )
    in_order = (("day", "next_contact"), ("day", "logged"))
    have_been = ("day", "logged")
    repeats = True
    final = "this contact is in the log already, with something else in it. Correct it in Slack: /contact correct."

    contract: Contract = Field(description="The reference of the contract.")
    day: Day = Field(description="The day of the contact.")
    time: Clock | None = Field(default=None, title="Time", description="The time in London, for example 14:30.")
    channel: Annotated[ContactChannel, readers.choice(ContactChannel)] = Field(description="How it was made.")
    made_by: Annotated[MadeBy, readers.choice(MadeBy)] = Field(
        default=MadeBy.OURS, description="Which side made it: by us, or by the partner."
    )
    people: People = Field(
        default=(),
        title="Who took part",
        description="The Slack member ids of those of the register who took part, with spaces between them.",
    )
    attendees: Annotated[str, readers.text(500)] = Field(
        default="", title="Who else took part", description="The names of those who are not in the register."
    )
    purpose: Title = Field(default="", title="What it was about", description="What it was about.")
    summary: Story = Field(title="What was said", description="What was said.")
    decisions: Story = Field(default="", title="What was decided", description="What was decided.")
    next_contact: Day | None = Field(default=None, description="The day of the next contact, if one is agreed.")
    formal_notice: Flag = Field(default=False, description="Whether it is a formal notice under the contract.")
    link: Annotated[str, readers.link(500)] = Field(default="", description="The address of its notes.")
    by: Person = Field(title="Logged by", description="The Slack member id of the person who logged it.")
    logged: Day | None = Field(
        default=None, title="Logged on", description="The day it was logged; if blank, the day of the import."
    )

    @property
    def is_final(self) -> bool:
        """What is in the log stays as it is."""
        return True
