"""What is filled in: Slack's shapes, and Slack's own checks before an app hears of anything."""

from __future__ import annotations

import pytest

from tests.workspace.sample import field, form, options, plain
from workspace.blocks.normal import normal_blocks
from workspace.blocks.refusals import REQUIRED, faults
from workspace.blocks.state import Raw, initial, merged, state_values

BLOCKS = normal_blocks(form()["blocks"])
FILLED: dict[str, dict[str, Raw]] = {
    "title": {"v": "Advisers"},
    "figure": {"v": "97.2"},
    "at": {"v": "09:05"},
    "impact": {"v": "major"},
    "stages": {"v": ["live", "exit"]},
    "owner": {"v": "U0ALICE"},
    "flags": {"v": ["formal"]},
    "band": {"v": "high"},
    "email": {"v": "a@b.example"},
    "link": {"v": "https://b.example/x"},
}


def choice(value: str) -> dict[str, object]:
    return {"text": {**plain(value.capitalize()), "emoji": True}, "value": value}


def test_every_element_in_slacks_shape() -> None:
    assert state_values(BLOCKS, merged(BLOCKS, FILLED)) == {
        "title": {"v": {"type": "plain_text_input", "value": "Advisers"}},
        "notes": {"v": {"type": "plain_text_input", "value": None}},
        "figure": {"v": {"type": "number_input", "value": "97.2"}},
        "due": {"v": {"type": "datepicker", "selected_date": "2026-11-23"}},
        "at": {"v": {"type": "timepicker", "selected_time": "09:05"}},
        "impact": {"v": {"type": "static_select", "selected_option": choice("major")}},
        "stages": {"v": {"type": "multi_static_select", "selected_options": [choice("live"), choice("exit")]}},
        "owner": {"v": {"type": "users_select", "selected_user": "U0ALICE"}},
        "flags": {"v": {"type": "checkboxes", "selected_options": [choice("formal")]}},
        "band": {"v": {"type": "radio_buttons", "selected_option": choice("high")}},
        "email": {"v": {"type": "email_text_input", "value": "a@b.example"}},
        "link": {"v": {"type": "url_text_input", "value": "https://b.example/x"}},
    }


def test_nothing_filled_in() -> None:
    state = state_values(BLOCKS, initial(BLOCKS))
    assert state["impact"]["v"] == {"type": "static_select", "selected_option": None}
    assert state["flags"]["v"] == {"type": "checkboxes", "selected_options": []}
    assert state["owner"]["v"] == {"type": "users_select", "selected_user": None}


def test_an_option_that_is_not_offered() -> None:
    with pytest.raises(ValueError, match="not one of the options"):
        state_values(BLOCKS, merged(BLOCKS, {"impact": {"v": "enormous"}}))


def test_values_survive_only_where_their_field_does() -> None:
    fewer = normal_blocks([field("title", {"type": "plain_text_input", "action_id": "v"})])
    assert merged(fewer, FILLED) == {"title": {"v": "Advisers"}}


def test_initial_values_of_choices() -> None:
    both = normal_blocks(
        [
            field("a", {"type": "radio_buttons", "options": options("x"), "initial_option": options("x")[0]}),
            field("b", {"type": "checkboxes", "options": options("x"), "initial_options": options("x")}),
        ]
    )
    values = [next(iter(fields.values())) for fields in initial(both).values()]
    assert values == ["x", ["x"]]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("title", "", REQUIRED),
        ("title", "   ", REQUIRED),
        ("title", None, REQUIRED),
        ("title", "x" * 21, "Please use at most 20 characters."),
        ("impact", None, REQUIRED),
        ("figure", "many", "Please enter a number."),
        ("figure", "NaN", "Please enter a number."),
        ("figure", "-1", "Please enter a number that is 0 or more."),
        ("figure", "100.5", "Please enter a number that is 100 or less."),
        ("email", "somebody", "Please enter a valid email address."),
        ("link", "javascript:alert(1)", "Please enter a valid URL."),
        ("due", "soon", "Please enter a valid date."),
        ("at", "25:00", "Please enter a valid time."),
        ("figure", None, None),
        ("notes", "", None),
    ],
)
def test_what_the_client_refuses(name: str, value: Raw, fault: str | None) -> None:
    found = faults(BLOCKS, merged(BLOCKS, FILLED, {name: {"v": value}}))
    assert found == ({name: fault} if fault else {})


def test_whole_numbers() -> None:
    whole = normal_blocks([field("n", {"type": "number_input", "action_id": "v", "is_decimal_allowed": False})])
    assert faults(whole, {"n": {"v": "1.5"}}) == {"n": "Please enter a whole number."}
    assert faults(whole, {"n": {"v": "2"}}) == {}
