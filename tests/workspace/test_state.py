"""What is filled in: Slack's shapes, and Slack's own checks before an app hears of anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace import gallery
from tests.workspace.sample import field, form, options, plain
from workspace.blocks import interactive
from workspace.blocks.normal import normal_blocks
from workspace.blocks.refusals import REQUIRED, faults
from workspace.blocks.state import Raw, filled, initial, merged, state_values

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


EVERY = normal_blocks(gallery.inputs())
OPTION: dict[str, Any] = {"text": {**plain("Suggested"), "emoji": True}, "value": "s"}
OFFERED = {name: {"v": [OPTION]} for name in ("external_select", "multi_external_select")}
FILE: dict[str, Any] = {"id": "F1", "name": "plan.PDF"}


@pytest.mark.parametrize(
    ("name", "raw", "entry"),
    [
        ("rich_text_input", "Words", {"rich_text_value": gallery.rich("Words")}),
        ("rich_text_input", "", {"rich_text_value": None}),
        ("external_select", "s", {"selected_option": OPTION}),
        ("multi_external_select", ["s"], {"selected_options": [OPTION]}),
        ("users_select", "U0BOB", {"selected_user": "U0BOB"}),
        ("multi_users_select", ["U0BOB"], {"selected_users": ["U0BOB"]}),
        ("conversations_select", "C1", {"selected_conversation": "C1"}),
        ("multi_conversations_select", ["C1", "D1"], {"selected_conversations": ["C1", "D1"]}),
        ("channels_select", "C1", {"selected_channel": "C1"}),
        ("multi_channels_select", [], {"selected_channels": []}),
        ("datetimepicker", "1795338300", {"selected_date_time": 1795338300}),
        ("datetimepicker", None, {"selected_date_time": None}),
        ("file_input", ["F1", "F2"], {"files": [FILE, {"id": "F2"}]}),
    ],
)
def test_what_each_element_tells(name: str, raw: Raw, entry: dict[str, object]) -> None:
    offered: dict[str, dict[str, list[dict[str, Any]]]] = {**OFFERED, "file_input": {"v": [FILE]}}
    state = state_values(EVERY, merged(EVERY, {name: {"v": raw}}), offered)
    assert state[name]["v"] == {"type": name, **entry}


def test_what_elements_begin_with() -> None:
    begun = initial(EVERY)
    assert begun["rich_text_input"]["v"] == "Begun"
    assert begun["datetimepicker"]["v"] == "1795338300"
    assert begun["multi_users_select"]["v"] == ["U0BOB"]
    assert state_values(EVERY, begun)["rich_text_input"]["v"]["rich_text_value"] == gallery.rich("Begun")


def test_an_external_option_that_the_app_never_suggested() -> None:
    with pytest.raises(ValueError, match="not one of the options"):
        state_values(EVERY, merged(EVERY, {"external_select": {"v": "t"}}), OFFERED)


@pytest.mark.parametrize(
    ("name", "raw", "fault"),
    [
        ("multi_static_select", ["one", "two"], "Choose at most 1."),
        ("file_input", ["F1", "F1", "F1"], "Please choose at most 2 files."),
        ("file_input", ["F2"], "Please choose only files of these types: pdf, csv."),
        ("file_input", ["F1"], None),
        ("datetimepicker", "soon", "Please enter a valid date and time."),
    ],
)
def test_what_the_client_refuses_of_choices_and_files(name: str, raw: Raw, fault: str | None) -> None:
    found = faults(EVERY, merged(EVERY, {name: {"v": raw}}), {"file_input": {"v": [FILE]}})
    assert found == ({name: fault} if fault else {})


def test_elements_are_found_wherever_they_stand() -> None:
    inside = normal_blocks([gallery.container("x"), {"type": "carousel", "elements": [gallery.card("a")]}])
    inside += normal_blocks([gallery.context_actions("x")])
    found = [(block["type"], element["action_id"]) for block, element in interactive(inside)]
    assert found == [("actions", "inner"), ("card", "go"), ("context_actions", "feedback"), ("context_actions", "bin")]
    assert all(block["block_id"] for block, _ in interactive(inside))
    feedback = inside[2]["elements"][0]
    assert filled(feedback, "good")["value"] == "good"
    with pytest.raises(ValueError, match="not one of the buttons"):
        filled(feedback, "neutral")
