"""Every field of a contract's form is kept, and its history has each that changed by its label, on both databases."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.wording import in_a_sentence
from bot.models import AgreementForm, Organisation, Stage, TrailEntry
from bot.records import ContractRecord, RecordField
from bot.services.contracts.contract_edit import add_contract, change_contract
from tests.builders import act, contract_named

NADIA = "U0NADIA"  # an administrator
FIRST: dict[str, Any] = {
    "reference": "WP-NW",
    "title": "Work Pathways, North West",
    "partner": "northgate",
    "start": date(2027, 4, 1),
    "end": date(2031, 3, 31),
    "longest_end": date(2033, 3, 31),
    "nation": Nation.ENGLAND_AND_WALES,
    "stage": Stage.LIVE,
    "tier": "gold",
    "value": 1_000,
    "value_with_vat": 1_200,
    "form": AgreementForm.CONTRACT,
    "supplies": Supplies.SERVICES,
    "regime": Regime.ACT_2023,
    "light_touch": False,
    "report_working_day": 3,
    "service_credit_cap": Decimal("12.5"),
}
OTHER: dict[str, Any] = {
    "reference": "WP-NW",
    "partner": "harbour-lane",
    "start": date(2027, 5, 1),
    "end": date(2032, 3, 31),
    "longest_end": date(2034, 3, 31),
    "nation": Nation.SCOTLAND,
    "stage": Stage.EXIT,
    "value": 2_000,
    "value_with_vat": 2_400,
    "form": AgreementForm.GRANT,
    "supplies": Supplies.WORKS,
    "regime": Regime.REGULATIONS_2015,
    "light_touch": True,
    "report_working_day": 5,
    "service_credit_cap": Decimal(10),
}


def drawn(word: str, place: int) -> dict[str, object]:
    """A word for every text of the form, each another, and for the rest the value of its kind at this place."""
    fields = [field for field in ContractRecord.form_fields() if not field.refers]
    return {field.name: _value(field, f"{word} {number}", place) for number, field in enumerate(fields)}


def _value(field: RecordField, word: str, place: int) -> object:
    if str in field.types:
        return word
    if field.reader.numbers is not None:
        return field.reader.numbers[place]
    if date in field.types:
        return date(2027, 4, 1 + place)
    return field.choices[place] if field.choices else Decimal(1 + place)


def test_every_field_is_kept_and_every_change_has_its_label(portfolio: Database) -> None:
    first, other = (
        ContractRecord(**{**drawn(word, place), **said})
        for place, (word, said) in enumerate((("One", FIRST), ("Two", OTHER)))
    )
    forms = [field.name for field in ContractRecord.form_fields()]
    alike = {name for name in forms if getattr(first, name) == getattr(other, name)}
    assert alike == {"reference"}, "so that each of the others is seen to change"
    with portfolio.writing() as session:
        ctx = act(session, NADIA)
        kept = add_contract(ctx, first)
        partners = {each.key: each.id for each in session.scalars(select(Organisation))}
        assert ContractRecord.kept_in(kept) == {**said(first), "partner": partners["northgate"]}
        change_contract(ctx, kept.id, other, "It was another one")
    with portfolio.reading() as session:
        changed = contract_named(session, "WP-NW")
        assert ContractRecord.kept_in(changed) == {**said(other), "partner": partners["harbour-lane"]}
        of_it = select(TrailEntry).where(col(TrailEntry.contract_id) == changed.id).order_by(col(TrailEntry.id).desc())
        entry = session.scalars(of_it.where(col(TrailEntry.action) == "contract changed")).first()
        assert entry is not None
        labels = ContractRecord.fields()
        assert set(entry.changes) == {in_a_sentence(labels[name].label) for name in forms if name not in alike}
        assert entry.changes["partner"] == ["Northgate Futures Ltd", "Harbour Lane Trust"]


def said(record: ContractRecord) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in ContractRecord.form_fields()}
