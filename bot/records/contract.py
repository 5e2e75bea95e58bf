"""Contracts, their roles and their Slack channels."""

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.wording import format_date
from bot.models import AgreementForm, Audience, RoleName, Stage
from bot.records import readers
from bot.records.fields import (
    ChannelId,
    Contract,
    Day,
    Figure,
    Flag,
    Name,
    Organisation,
    Period,
    Person,
    Pounds,
    Reference,
    Story,
)
from bot.records.record import Misfit, Record


class ContractRecord(Record):
    """The contracts."""

    sheet = "contracts"
    one = "contract"
    key_fields = ("reference",)

    reference: Reference = Field(description="A short unique name that people type in Slack, for example WP-NE.")
    title: Name = Field(description="What the contract is called.")
    partner: Organisation = Field(description="The key of the organisation that delivers it.")
    purpose: Story = Field(default="", description="What the contract is for, in one or two sentences.")
    objectives: Story = Field(default="", description="What it is to achieve.")
    regime: Annotated[Regime, readers.choice(Regime)] = Field(
        description="Procurement Act 2023 if the procurement began on or after 24 February 2025."
    )
    light_touch: Flag = Field(
        default=False, description="Whether it is a light touch contract, as many social and health services are."
    )
    form: Annotated[AgreementForm, readers.choice(AgreementForm)] = Field(
        default=AgreementForm.CONTRACT, description="What kind of agreement it is."
    )
    supplies: Annotated[Supplies, readers.choice(Supplies)] = Field(
        default=Supplies.SERVICES, description="What is bought."
    )
    kpi_exemption: Annotated[str, readers.text(300)] = Field(
        default="", description="Why the contract has no KPIs though the Act would ask for them, if that is so."
    )
    tier: Annotated[str, readers.text(20)] = Field(description="Your own label for how closely you manage it.")
    value: Pounds = Field(description="The value over the term in whole pounds, without VAT.")
    value_with_vat: Pounds | None = Field(default=None, description="The same with VAT.")
    service_credit_cap: Figure | None = Field(
        default=None, description="The most that service credits can take, as a percentage of the charges."
    )
    start: Day = Field(description="The first day of the contract.")
    end: Day = Field(description="The last day, if you extend nothing.")
    longest_end: Day | None = Field(
        default=None,
        validate_default=True,
        description="The last day, if you use every option to extend. If blank, the same as end.",
    )
    nation: Annotated[Nation, readers.choice(Nation)] = Field(
        description="Where it is delivered, which chooses the bank holidays."
    )
    stage: Annotated[Stage, readers.choice(Stage)] = Field(description="Where it stands in its life.")
    ocds_id: Annotated[str, readers.text(60)] = Field(
        default="", description="The id of the procurement in the Open Contracting Data Standard: ocds-h6vhtk-..."
    )
    notice_id: Annotated[str, readers.text(20)] = Field(
        default="", description="The number of its notice on Find a Tender, for example 012345-2026."
    )
    documents: Annotated[str, readers.text(2000)] = Field(default="", description="Links to its documents.")
    report_working_day: Annotated[int, readers.whole(1, 15)] = Field(
        default=3, description="The working day of the month by which the report for the month before is due."
    )
    first_period: Period | None = Field(
        default=None,
        description="The first month to report on; if blank, that of the start. Months before last month are not asked "
        "for, unless reports lists them.",
    )
    sample: Flag = Field(default=False, description="Whether this is an invented example.")

    @field_validator("longest_end", mode="after")
    @classmethod
    def _at_least_the_end(cls, value: object, info: ValidationInfo) -> object:
        return value or info.data.get("end")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        end, longest = format_date(self.end), format_date(self.longest_end or self.end)
        if self.end <= self.start:
            raise Misfit(
                "end", f"the end, {end}, is not after the start, {format_date(self.start)}. Correct one of them."
            )
        if self.longest_end is not None and self.longest_end < self.end:
            raise Misfit("longest_end", f"the longest end, {longest}, is before the end, {end}. Correct one of them.")
        if self.value_with_vat is not None and self.value_with_vat < self.value:
            raise Misfit(
                "value_with_vat",
                f"£{self.value_with_vat:,} with VAT is less than £{self.value:,} without. Correct one of them.",
            )
        return self


class RoleRecord(Record):
    """Who does what on a contract, and who stands in while they are away."""

    sheet = "roles"
    one = "role"
    key_fields = ("contract", "role", "person")

    contract: Contract = Field(description="The reference of the contract.")
    role: Annotated[RoleName, readers.choice(RoleName)] = Field(
        description="What the person does. A contract manager, a senior owner and a partner contact are enough."
    )
    person: Person = Field(description="The Slack member id of the person. Partner contacts work for the partner.")
    deputy: Person | None = Field(default=None, description="The Slack member id of who stands in.")

    @model_validator(mode="after")
    def _deputy_is_another(self) -> Self:
        if self.deputy == self.person:
            raise Misfit("deputy", f"{self.deputy} cannot stand in for themselves. Name somebody else, or nobody.")
        return self


class ChannelRecord(Record):
    """The Slack channels in which contracts are talked about."""

    sheet = "channels"
    one = "channel"
    key_fields = ("channel",)

    channel: ChannelId = Field(description="The id of the Slack channel, which begins with C or G.")
    contract: Contract | None = Field(
        default=None,
        description="The reference of the contract it belongs to; if blank, the summary of every contract goes there.",
    )
    audience: Annotated[Audience, readers.choice(Audience)] = Field(
        description="internal for the department alone, shared if the partner reads it too."
    )

    @model_validator(mode="after")
    def _portfolio_is_internal(self) -> Self:
        if self.contract is None and self.audience is not Audience.INTERNAL:
            raise Misfit(
                "audience",
                f"a channel of every contract cannot be {self.audience}. Enter internal, or name its contract.",
            )
        return self
