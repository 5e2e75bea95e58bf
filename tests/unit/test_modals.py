"""What a message says, in a window: Slack takes it, whatever the message."""

from types import ModuleType

import pytest

from bot.interactions.followups import as_modal
from tests.builders import MESSAGES
from tests.unit.renders import JOURNEYS, MESSAGES_OF
from tests.unit.transcripts import name_of
from workspace.blocks import check_view


@pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)
def test_every_message_fits_in_a_window(journey: ModuleType) -> None:
    for render in MESSAGES_OF[journey.__name__]:
        shown = as_modal(MESSAGES, render()["blocks"])
        kinds = {block["type"] for block in shown["blocks"]}
        if not kinds & {"image", "input"}:  # a picture gets its file before it is shown; a field stands in a form alone
            assert check_view(shown, ("modal",)) == [], render.name


def test_a_table_is_told_line_by_line() -> None:
    def row(*cells: str) -> list[dict[str, str]]:
        return [{"type": "raw_text", "text": cell} for cell in cells]

    table = {"type": "table", "rows": [row("KPI", "December", "3 months"), row("R&D starts", "97%", " ")]}
    (told,) = as_modal(MESSAGES, [table])["blocks"]
    assert told["text"] == {"type": "mrkdwn", "text": "*R&amp;D starts*: December 97%"}
