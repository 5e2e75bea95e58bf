"""The plain form of a record: an input for each field, and what was entered as the record again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.calendar import Nation
from bot.domain.duties import Regime
from bot.errors import UserError
from bot.interactions.record_forms import Kind, inputs, read
from bot.models import Stage
from bot.records import ContractRecord, OrganisationRecord, Record, ReportRecord, RiskRecord
from tests.unit.renders import RENDERS

PARTNERS = {"partner": [("Northgate Futures Ltd", "northgate")]}
DAYS = {
    "plan_submit_days": "10",
    "plan_decide_days": "10",
    "plan_resubmit_days": "5",
    "visit_notice_days": "10",
    "audit_draft_days": "10",
    "audit_check_days": "5",
    "audit_final_days": "5",
    "finding_respond_days": "10",
    "finding_escalate_days": "2",
    "finding_decide_days": "10",
    "finding_verify_days": "5",
}
ENTERED = {
    "reference": "wp-nw",
    "title": "Work Pathways, North West",
    "partner": "northgate",
    "start": "2027-04-01",
    "end": "2031-03-31",
    "nation": "Scotland",
    "stage": "mobilisation",
    "tier": "gold",
    "value": "£6.2 million",
    "form": "contract",
    "supplies": "services",
    "regime": "Procurement Act 2023",
    "report_working_day": "3",
    **DAYS,
}
KEPT = ContractRecord(
    reference="WP-NW",
    title="Work Pathways, North West",
    partner="northgate",
    start=date(2027, 4, 1),
    end=date(2031, 3, 31),
    longest_end=date(2033, 3, 31),
    nation=Nation.SCOTLAND,
    stage=Stage.MOBILISATION,
    tier="gold",
    value=0,
    regime=Regime.ACT_2023,
    light_touch=True,
    service_credit_cap=Decimal("12.5"),
    purpose="Two\nlines",
)


def by_name(values: dict[str, Any], **options: Any) -> dict[str, Any]:  # noqa: ANN401  # as `inputs` takes them
    return {each.block: each for each in inputs(ContractRecord, values, PARTNERS, **options)}


def test_every_field_of_a_form_has_an_input_in_the_order_of_the_declaration() -> None:
    assert list(by_name({})) == [name for name in ContractRecord.fields() if name not in ("first_period", "sample")]
    assert "reference" not in by_name({}, but=("reference",))


def test_an_input_is_as_its_field_is_declared() -> None:
    found = by_name({})
    kinds = {name: each.kind for name, each in found.items()}
    expected = {
        **dict.fromkeys(("start", "end", "longest_end"), Kind.DATE),
        **dict.fromkeys(
            ("partner", "nation", "stage", "form", "supplies", "regime", "report_working_day"), Kind.CHOICE
        ),
        "light_touch": Kind.TICK,
        **dict.fromkeys(("title", "purpose", "value", "value_with_vat", "service_credit_cap", "notice_id"), Kind.TEXT),
    }
    assert {name: kinds[name] for name in expected} == expected
    assert {name for name, each in found.items() if each.several_lines} == {"purpose", "objectives", "documents"}
    assert (found["title"].at_most, found["tier"].at_most, found["reference"].at_most) == (150, 20, 20)
    assert [name for name, each in found.items() if not each.optional and not ContractRecord.fields()[name].needed] == [
        "form",
        "supplies",
        "report_working_day",
        *DAYS,
    ]
    assert found["nation"].options[0] == ("England and Wales", "England and Wales")
    assert [value for _, value in found["report_working_day"].options] == [str(day) for day in range(1, 16)]


def test_a_form_begins_with_the_values_or_the_defaults() -> None:
    fresh = {name: each.initial for name, each in by_name({}).items() if each.initial}
    assert fresh == {"form": "contract", "supplies": "services", "report_working_day": "3", **DAYS}
    filled = {name: each.initial for name, each in by_name(dict(KEPT)).items()}
    assert (filled["start"], filled["value"], filled["service_credit_cap"]) == ("2027-04-01", "0", "12.5%")
    assert (filled["light_touch"], filled["value_with_vat"], filled["nation"]) == ("yes", "", "Scotland")


def test_what_a_form_begins_with_is_read_as_the_same_record() -> None:
    assert read(ContractRecord, {each.block: each.initial for each in by_name(dict(KEPT)).values()}) == KEPT


def test_more_options_than_a_list_holds_are_typed() -> None:
    partners = [(f"Partner {number}", f"partner-{number}") for number in range(101)]
    chosen = {"partner": "partner-7"}
    (few,) = [each for each in inputs(ContractRecord, chosen, {"partner": partners[:100]}) if each.block == "partner"]
    (many,) = [each for each in inputs(ContractRecord, chosen, {"partner": partners}) if each.block == "partner"]
    assert (few.is_choice, few.initial) == (True, "partner-7")
    assert (many.is_choice, many.initial, many.hint) == (False, "Partner 7", "Its name, or words of it")


def test_what_was_entered_is_read_as_files_are() -> None:
    record = read(ContractRecord, {**ENTERED, "service_credit_cap": "12.5 %", "light_touch": "light_touch"})
    assert (record.reference, record.value, record.service_credit_cap) == ("WP-NW", 6_200_000, Decimal("12.5"))
    assert (record.longest_end, record.light_touch, record.sample) == (date(2031, 3, 31), True, False)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": " \u200b"}, "title", "Title is needed. What the contract is called."),
        (
            {"nation": ""},
            "nation",
            "Nation is needed. Where it is delivered. Its bank holidays count in every deadline.",
        ),
        (
            {"report_working_day": ""},
            "report_working_day",
            "Working day of the month on which reports are due is needed.",
        ),
        ({"report_working_day": "16"}, "report_working_day", "Enter a number from 1 to 15."),
        ({"end": "2027-04-01"}, "end", "The end, 1 April 2027, is not after the start, 1 April 2027."),
        ({"longest_end": "2031-03-30"}, "longest_end", "The longest possible end, 30 March 2031, is before the end"),
        ({"value_with_vat": "6.1m"}, "value_with_vat", "£6,100,000 with VAT is less than £6,200,000 without."),
        ({"value": "lots"}, "value", "“lots” is not a sum in pounds."),
        ({"service_credit_cap": "a tenth"}, "service_credit_cap", "Enter a percentage, for example 97.2%."),
        ({"stage": "runing"}, "stage", "“runing” cannot stand here."),
        ({"tier": "x" * 21}, "tier", "This text is 21 characters long, and the most is 20."),
        ({"purpose": "For AB 12 34 56 C"}, "purpose", "This seems to hold a National Insurance number."),
    ],
)
def test_what_is_wrong_is_said_under_its_field(changes: dict[str, str], field: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read(ContractRecord, {**ENTERED, **changes})
    assert refused.value.field == field
    assert sentence in refused.value.sentence


FORMS_OF_THEIR_OWN: list[tuple[str, type[Record]]] = [
    ("partners/form", OrganisationRecord),
    ("progress/form", ReportRecord),
    ("progress/query_form", ReportRecord),
    ("risks/form", RiskRecord),
    ("risks/partner_form", RiskRecord),
    ("risks/review_form", RiskRecord),
]


@pytest.mark.parametrize(("template", "kind"), FORMS_OF_THEIR_OWN)
def test_a_form_takes_texts_as_long_as_its_record(template: str, kind: type[Record]) -> None:
    """A form that needs a hand has a template of its own, and the limits of its record all the same."""
    (render,) = [each for each in RENDERS if each.template == template and each.size == "largest"]
    view = render.make(render.template, **render.context)
    assert isinstance(view, dict)
    lengths = {
        block["block_id"]: (block["element"]["max_length"], kind.fields()[block["block_id"]].reader.at_most)
        for block in view["blocks"]
        if block["type"] == "input" and "max_length" in block["element"] and block["block_id"] in kind.fields()
    }
    texts = {name: both for name, both in lengths.items() if both[1] and name != "teams"}
    assert texts
    assert {name: both for name, both in texts.items() if both[0] != both[1]} == {}
