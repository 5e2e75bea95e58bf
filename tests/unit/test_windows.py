"""What a message says, in a window: Slack takes it, whatever the message."""

import pytest

from bot.interactions.followups import as_modal
from tests.builders import MESSAGES
from tests.unit.renders import MESSAGE_RENDERS, Render
from workspace.blocks import check_view


@pytest.mark.parametrize("render", MESSAGE_RENDERS, ids=lambda render: render.name)
def test_every_message_fits_in_a_window(render: Render) -> None:
    shown = as_modal(MESSAGES, render()["blocks"])
    kinds = {block["type"] for block in shown["blocks"]}
    if not kinds & {"image", "input"}:  # a picture gets its file before it is shown; a field stands in a form alone
        assert check_view(shown, ("modal",)) == []


def test_a_table_is_told_line_by_line() -> None:
    def row(*cells: str) -> list[dict[str, str]]:
        return [{"type": "raw_text", "text": cell} for cell in cells]

    table = {"type": "table", "rows": [row("KPI", "December", "3 months"), row("R&D starts", "97%", " ")]}
    (told,) = as_modal(MESSAGES, [table])["blocks"]
    assert told["text"] == {"type": "mrkdwn", "text": "*R&amp;D starts*: December 97%"}
