"""Organisations, people and leave."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.models import OrganisationKind
from bot.records import readers
from bot.records.fields import Day, Flag, Name, Organisation, OrganisationKey, Person, PersonId, TeamIds
from bot.records.record import Misfit, Record, columns


class OrganisationRecord(Record):
    """The department and its delivery partners."""

    sheet = "organisations"
    one = "organisation"
    key_fields = ("key",)
    table = models.Organisation

    key: OrganisationKey = Field(description="A short name that you choose. People and contracts point at it.")
    name: Name = Field(description="Its full name.")
    kind: Annotated[OrganisationKind, readers.choice(OrganisationKind)] = Field(
        description="What it is. There is one department: your own organisation."
    )
    teams: TeamIds = Field(
        title="Slack workspaces",
        default=(),
        description="The ids of its Slack workspaces, which begin with T or E, with spaces between them.",
    )


class PersonRecord(Record):
    """Everyone who is named in another sheet."""

    sheet = "people"
    one = "person"
    many = "people"
    key_fields = ("slack",)
    table = models.Person
    stored_as = columns(organisation="organisation_id")

    slack: PersonId = Field(
        title="Slack id",
        description="The Slack member id. In Slack, open the person's profile, select the 3 dots, then Copy member ID.",
    )
    name: Name = Field(description="The person's name.")
    email: Annotated[str, readers.text(254)] = Field(default="", description="A business email address.")
    organisation: Organisation = Field(description="The key of the organisation that the person works for.")
    guest: Flag = Field(default=False, description="Whether the person comes to your own Slack workspace as a guest.")
    administrator: Flag = Field(default=False, description="Whether the person keeps the whole register.")

    @model_validator(mode="after")
    def _guest_or_administrator(self) -> Self:
        if self.guest and self.administrator:
            raise Misfit(
                "administrator", f"{self.name} is a guest, and a guest cannot be an administrator. Enter no here."
            )
        return self


class LeaveRecord(Record):
    """When people are away. Their deputies stand in for them."""

    sheet = "leave"
    one = "period of leave"
    many = "periods of leave"
    key_fields = ("person", "first_day")
    table = models.Absence
    stored_as = columns(person="person_id")
    in_order = (("first_day", "last_day"),)

    person: Person = Field(description="The Slack member id of the person who is away.")
    first_day: Day = Field(description="The first day away.")
    last_day: Day = Field(description="The last day away.")
