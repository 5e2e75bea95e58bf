"""Contracts, their roles and their Slack channels."""

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot import models
from bot.domain import audit_cycle, finding_cycle
from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.plan_cycle import COMES_AGAIN_WITHIN, DECIDED_WITHIN, SUBMITTED_WITHIN
from bot.domain.wording import format_date
from bot.models import AgreementForm, Audience, RoleName, Stage
from bot.records import readers
from bot.records.fields import (
    ChannelId,
    Contract,
    Day,
    Flag,
    Name,
    Organisation,
    Percent,
    Period,
    Person,
    Pounds,
    Reference,
    Story,
)
from bot.records.record import Hint, Misfit, Record, columns


class ContractRecord(Record):
    """The contracts."""

    sheet = "contracts"
    one = "contract"
    key_fields = ("reference",)
    table = models.Contract
    stored_as = columns(
        partner="partner_id",
        start="start_date",
        end="end_date",
        longest_end="longest_end_date",
        value="value_pounds",
        value_with_vat="value_with_vat_pounds",
    )
    not_in_forms = ("first_period", "sample")

    reference: Annotated[Reference, Hint()] = Field(
        description="A short unique name that people type in Slack, for example WP-NE."
    )
    title: Name = Field(description="What the contract is called.")
    partner: Organisation = Field(description="The key of the organisation that delivers it.")
    purpose: Annotated[Story, Hint("One or two sentences. The partner may read this.")] = Field(
        default="", title="What it is for", description="What the contract is for, in one or two sentences."
    )
    objectives: Annotated[Story, Hint("Internal")] = Field(default="", description="What it is to achieve.")
    start: Day = Field(description="The first day of the contract.")
    end: Annotated[Day, Hint()] = Field(description="The last day, if nothing is extended.")
    longest_end: Annotated[Day | None, Hint()] = Field(
        default=None,
        validate_default=True,
        title="Longest possible end",
        description="The last day, if every option to extend is taken. If blank, the same as end.",
    )
    nation: Annotated[Nation, readers.choice(Nation), Hint()] = Field(
        description="Where it is delivered. Its bank holidays count in every deadline."
    )
    stage: Annotated[Stage, readers.choice(Stage)] = Field(description="Where it stands in its life.")
    tier: Annotated[str, readers.text(20), Hint()] = Field(
        description="Your own label for how closely you manage it, such as gold."
    )
    value: Annotated[Pounds, Hint("For example 84,000,000 or £6.2 million")] = Field(
        title="Value in pounds, without VAT", description="The value over the term in whole pounds, without VAT."
    )
    value_with_vat: Annotated[Pounds | None, Hint()] = Field(
        default=None,
        title="Value in pounds, with VAT",
        description="The same with VAT, which the law\u2019s thresholds count.",
    )
    form: Annotated[AgreementForm, readers.choice(AgreementForm)] = Field(
        default=AgreementForm.CONTRACT, title="Kind of agreement", description="What kind of agreement it is."
    )
    supplies: Annotated[Supplies, readers.choice(Supplies)] = Field(
        default=Supplies.SERVICES, title="What is bought", description="What is bought."
    )
    regime: Annotated[Regime, readers.choice(Regime), Hint()] = Field(
        title="Law it was procured under",
        description="Procurement Act 2023 if the procurement began on or after 24 February 2025.",
    )
    light_touch: Annotated[Flag, Hint("This is a light touch contract, as many social and health services are")] = (
        Field(
            default=False, description="Whether it is a light touch contract, as many social and health services are."
        )
    )
    kpi_exemption: Annotated[str, readers.text(300), Hint("If the contract is over £5 million and has fewer")] = Field(
        default="",
        title="Reasons for fewer than 3 KPIs",
        description="Why the contract has fewer than 3 KPIs though the Act asks for them, if that is so.",
    )
    report_working_day: Annotated[int, readers.whole(1, 15)] = Field(
        default=3,
        title="Working day of the month on which reports are due",
        description="The working day of the month by which the report for the month before is due.",
    )
    plan_submit_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=SUBMITTED_WITHIN,
        title="Working days to send a rectification plan",
        description="The working days in which the partner sends a rectification plan that was requested.",
    )
    plan_decide_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=DECIDED_WITHIN,
        title="Working days to decide on a plan",
        description="The working days in which the department decides on a rectification plan that came.",
    )
    plan_resubmit_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=COMES_AGAIN_WITHIN,
        title="Working days to send a rejected plan again",
        description="The working days in which the partner sends a rejected rectification plan again.",
    )
    visit_months: Annotated[int, readers.whole(1, 60), Hint()] | None = Field(
        default=None,
        title="Months between visits",
        description="The months within which it is visited again. If blank, by its tier: gold 6, bronze 24, others 12.",
    )
    visit_notice_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=audit_cycle.NOTICE,
        title="Working days of notice of a visit",
        description="The working days before a visit at which the partner is told of it.",
    )
    audit_draft_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=audit_cycle.DRAFTED_WITHIN,
        title="Working days to draft the report of a visit",
        description="The working days after a visit in which its draft report is written.",
    )
    audit_check_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=audit_cycle.CHECKED_WITHIN,
        title="Working days to check the facts",
        description="The working days in which the partner checks the facts in a draft report.",
    )
    audit_final_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=audit_cycle.FINAL_WITHIN,
        title="Working days to make a report final",
        description="The working days after the factual check in which the report is made final.",
    )
    finding_respond_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=finding_cycle.RESPONDED_WITHIN,
        title="Working days to respond to a finding",
        description="The working days in which the partner responds to a finding.",
    )
    finding_escalate_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=finding_cycle.LATE_AFTER,
        title="Working days until a late response is escalated",
        description="The working days after its day at which a response that has not come is escalated.",
    )
    finding_decide_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=finding_cycle.DECIDED_WITHIN,
        title="Working days to answer a dispute",
        description="The working days in which the lead answers a dispute.",
    )
    finding_verify_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=finding_cycle.VERIFIED_WITHIN,
        title="Working days to verify a finding",
        description="The working days in which the lead verifies what is said to be done.",
    )
    service_credit_cap: Percent | None = Field(
        default=None,
        title="Cap on service credits, in per cent",
        description="The most that service credits can take, as a percentage of the charges.",
    )
    ocds_id: Annotated[str, readers.text(60), Hint("For example ocds-h6vhtk-04a1b2")] = Field(
        default="",
        title="OCDS id",
        description="The id of the procurement in the Open Contracting Data Standard: ocds-h6vhtk-...",
    )
    notice_id: Annotated[str, readers.text(20), Hint("For example 012345-2026")] = Field(
        default="",
        title="Notice",
        description="The number of its notice on Find a Tender, for example 012345-2026.",
    )
    documents: Annotated[str, readers.text(2000), Hint("One on each line. Internal.")] = Field(
        default="", title="Links to documents", description="Links to its documents."
    )
    first_period: Period | None = Field(
        default=None,
        title="First month to report on",
        description="The first month to report on; if blank, that of the start. Reports that would be late "
        "already are not asked for, unless reports lists them.",
    )
    sample: Flag = Field(default=False, title="Invented example", description="Whether this is an invented example.")

    @field_validator("longest_end", mode="after")
    @classmethod
    def _at_least_the_end(cls, value: object, info: ValidationInfo) -> object:
        return value or info.data.get("end")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end, longest = (format_date(each) for each in (self.start, self.end, self.longest_end or self.end))
        if self.end <= self.start:
            raise Misfit("end", f"the end, {end}, is not after the start, {start}. Correct one of them.")
        if self.longest_end is not None and self.longest_end < self.end:
            raise Misfit(
                "longest_end",
                f"the longest possible end, {longest}, is before the end, {end}. "
                "Correct one of them, or leave this one out if nothing can be extended.",
            )
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
    table = models.Role
    stored_as = columns(person="person_id", deputy="deputy_id", contract="contract_id")

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
    table = models.Channel
    stored_as = columns(channel="slack", contract="contract_id")

    channel: ChannelId = Field(
        title="Slack channel", description="The id of the Slack channel, which begins with C or G."
    )
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
