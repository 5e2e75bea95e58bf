"""Certificates that a partner must hold: insurances, accreditations and security certificates."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.wording import format_money
from bot.models import CertificateKind
from bot.records import readers
from bot.records.fields import Contract, Day, Name, Person, Pounds
from bot.records.record import Hint, Misfit, Record, columns


class CertificateRecord(Record):
    """Insurances, accreditations and security certificates that a partner must hold."""

    sheet = "certificates"
    one = "certificate"
    key_fields = ("contract", "name")
    table = models.Certificate
    stored_as = columns(
        contract="contract_id",
        required_cover="required_cover_pounds",
        cover="cover_pounds",
        verified="verified_on",
        verified_by="verified_by_id",
    )
    in_order = (("valid_from", "valid_to"),)
    have_been = ("verified",)
    not_in_forms = ("verified", "verified_by")

    contract: Contract = Field(description="The reference of the contract.")
    name: Annotated[Name, Hint("For example: Public liability insurance")] = Field(
        description="What the partner must hold, unique in the contract."
    )
    kind: Annotated[CertificateKind, readers.choice(CertificateKind)] = Field(description="What kind it is.")
    body: Annotated[str, readers.text(150)] = Field(
        title="Insurer or issuing body", default="", description="Who issued it."
    )
    number: Annotated[str, readers.text(80)] = Field(
        title="Policy or certificate number", default="", description="Its number."
    )
    required_cover: Annotated[Pounds, Hint("In pounds. Leave this blank for what has no cover.")] | None = Field(
        default=None, description="The least that it must cover, in pounds."
    )
    cover: Annotated[Pounds, Hint("In pounds")] | None = Field(default=None, description="What it covers, in pounds.")
    valid_from: Day | None = Field(default=None, description="The first day of the period in force.")
    valid_to: Day | None = Field(
        default=None, description="The last day of the period in force; blank if nobody knows, or if it does not end."
    )
    needed_by: Annotated[Day, Hint("Only if there is no evidence yet")] | None = Field(
        default=None, description="The day by which the first evidence is needed, if there is none yet."
    )
    verified: Day | None = Field(
        title="Verified on", default=None, description="The day somebody checked the evidence; blank if nobody has."
    )
    verified_by: Person | None = Field(default=None, description="The Slack member id of who checked it.")

    @model_validator(mode="after")
    def _covers_enough(self) -> Self:
        if self.cover is not None and self.required_cover is not None and self.cover < self.required_cover:
            raise Misfit(
                "cover",
                f"it covers {format_money(self.cover)}, and at least {format_money(self.required_cover)} is required. "
                "Correct one of them.",
            )
        return self

    @model_validator(mode="after")
    def _verified_on_a_day(self) -> Self:
        if self.verified_by is not None and self.verified is None:
            raise Misfit("verified", "somebody verified this certificate. Enter the day, or leave out who did.")
        return self
