"""Service credits: what a contract says of them, and the credits themselves."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.credit_cycle import CreditState
from bot.records import readers
from bot.records.fields import Contract, Day, Flag, Money, Percent, Period, Person, SignedMoney
from bot.records.record import Hint, Misfit, Record, columns

_Points = Annotated[int, readers.whole(0, 50)]
_POINTS = "The service points of a KPI that is rated so in a month."


class CreditTermsRecord(Record):
    """What contracts say of service credits."""

    sheet = "credit_terms"
    one = "terms of service credits"
    many = "terms of service credits"
    key_fields = ("contract",)
    table = models.CreditTermsRow
    stored_as = columns(contract="contract_id")
    not_in_forms = ("contract",)

    contract: Contract = Field(description="The reference of the contract.")
    since: Annotated[Period, Hint("For example 2027-01")] = Field(
        title="First month", description="The first month that earns service credits."
    )
    percent_per_point: Percent = Field(
        title="Percentage for each point",
        description="What a point takes, as a percentage of the charges of the month.",
    )
    approaching: _Points = Field(title="Points for Approaching target", default=1, description=_POINTS)
    requires_improvement: _Points = Field(title="Points for Requires improvement", default=2, description=_POINTS)
    inadequate: _Points = Field(title="Points for Inadequate", default=3, description=_POINTS)
    doubles: Annotated[Flag, Hint("A KPI that falls short in consecutive months counts double")] = Field(
        title="Doubles",
        default=False,
        description="Whether a KPI that falls short in consecutive months counts double.",
    )
    year_cap: Annotated[Money, Hint("In pounds. The cap of a month is a field of the contract.")] | None = Field(
        title="Cap of a financial year",
        default=None,
        description="The most that service credits can take in a financial year, in pounds. The cap of a month is "
        "service_credit_cap of the contract.",
    )


class CreditRecord(Record):
    """Service credits, by month."""

    sheet = "credits"
    one = "service credit"
    key_fields = ("contract", "period", "part")
    table = models.ServiceCredit
    stored_as = columns(
        contract="contract_id",
        reached="reached_on",
        commented="commented_on",
        deducted="deducted_on",
        commented_by="commented_by_id",
    )
    have_been = ("reached", "commented", "deducted")
    in_order = (("reached", "commented"), ("reached", "deducted"))

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(title="Month", description="The month that earned it.")
    part: Annotated[int, readers.whole(1, 99)] = Field(
        default=1, description="1 for the credit, and 2, 3 and so on for the adjustments after it was settled."
    )
    amount: SignedMoney = Field(description="What is deducted, in pounds; an adjustment may be below 0.")
    state: Annotated[CreditState, readers.choice(CreditState)] = Field(description="How far it has come.")
    reached: Day | None = Field(
        title="Sent on", default=None, description="The day on which it reached the partner; blank if it has not."
    )
    comment: Annotated[str, readers.text(2000)] = Field(default="", description="What the partner said of it.")
    commented: Day | None = Field(title="Commented on", default=None, description="The day on which it did.")
    commented_by: Person | None = Field(default=None, description="The Slack member id of who did.")
    reason: Annotated[str, readers.text(500)] = Field(default="", description="Why it was waived.")
    invoice: Annotated[str, readers.text(60)] = Field(
        title="Invoice number", default="", description="The number of the invoice from which it was deducted."
    )
    deducted: Day | None = Field(title="Deducted on", default=None, description="The day on which it was deducted.")

    @model_validator(mode="after")
    def _is_what_its_state_says(self) -> Self:
        _goes_with(
            "reason", "a credit that is waived has a reason", bool(self.reason), self.state is CreditState.WAIVED
        )
        is_deducted = self.state is CreditState.DEDUCTED
        _goes_with("invoice", "a credit that is deducted has an invoice number", bool(self.invoice), is_deducted)
        _goes_with("deducted", "a credit that is deducted has a day", self.deducted is not None, is_deducted)
        if bool(self.comment) != (self.commented is not None) or (self.commented_by and not self.comment):
            raise Misfit("commented", "a comment has its words and its day. Enter both, or leave both out.")
        if self.state is CreditState.COMMENTED and not self.comment:
            raise Misfit("comment", "this credit was commented on. Enter the comment, or another state.")
        if self.part == 1 and self.amount < 0:
            raise Misfit("amount", "a credit is not below 0. Enter an adjustment as part 2, 3 and so on.")
        return self


def _goes_with(field: str, what: str, is_there: bool, belongs: bool) -> None:
    if is_there != belongs:
        raise Misfit(field, f"{what}, and no other has. Correct one of them.")
