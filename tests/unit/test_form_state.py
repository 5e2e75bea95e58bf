"""What was entered stands in the form again."""

from bot.interactions.form_state import filled
from tests.builders import MESSAGES
from tests.unit.renders.common import LOTS
from workspace.blocks import check_view


def test_a_contract_of_more_than_a_hundred_that_was_chosen_stands_there_again() -> None:
    form = MESSAGES.view("risks/form", contracts=LOTS, chosen="")
    again = filled(form, {"contract": "WP-120"})
    assert again["blocks"][0]["element"]["initial_option"] == {
        "text": {"type": "plain_text", "text": "WP-120"},
        "value": "WP-120",
    }
    assert check_view(again, ("modal",)) == []
    assert "initial_option" not in filled(form, {"contract": ""})["blocks"][0]["element"]
