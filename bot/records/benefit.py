"""The benefits of contracts, and their figures by month."""

from typing import Annotated

from pydantic import Field

from bot import models
from bot.records import readers
from bot.records.fields import Contract, Figure, Name, Period, Person
from bot.records.record import Hint, Record, columns


class BenefitRecord(Record):
    """What contracts are to bring, beside what they cost."""

    sheet = "benefits"
    one = "benefit"
    key_fields = ("contract", "name")
    table = models.Benefit
    stored_as = columns(contract="contract_id", owner="owner_id")
    not_in_forms = ("contract",)

    contract: Contract = Field(description="The reference of the contract.")
    name: Annotated[Name, Hint("For example: People in work for 26 weeks")] = Field(
        description="What the contract is to bring, unique in the contract."
    )
    unit: Annotated[str, readers.name(40), Hint("For example: people, hours, £ saved")] = Field(
        description="What it is counted in."
    )
    baseline: Annotated[Figure, Hint("What it was in a month before the contract")] | None = Field(
        default=None, description="What it was in a month before the contract."
    )
    owner: Annotated[Person, Hint("Who answers for it")] = Field(
        description="The Slack member id of who answers for it, of the department."
    )


class BenefitFigureRecord(Record):
    """The figures of benefits by month."""

    sheet = "benefit_figures"
    one = "figure of a benefit"
    many = "figures of benefits"
    key_fields = ("contract", "benefit", "period")
    table = models.BenefitFigure
    stored_as = columns(contract="contract_id", benefit="benefit_id")
    not_in_forms = ("contract", "benefit")

    contract: Contract = Field(description="The reference of the contract.")
    benefit: Name = Field(description="The name of the benefit.")
    period: Annotated[Period, Hint("For example 2026-12")] = Field(title="Month", description="The month.")
    profile: Annotated[Figure, Hint("What was planned for the month")] | None = Field(
        default=None, description="What was planned for the month."
    )
    actual: Annotated[Figure, Hint("What came of it")] | None = Field(default=None, description="What came of it.")
