"""What people wrote in Slack, as they saw it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slack_text import mentioned_users, without_markup

NAMES = {"U0PRIYA": "Priya Nair"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<@U0PRIYA> and <@U0NOBODY> and <@U1|sam>", "@Priya Nair and @U0NOBODY and @sam"),
        ("see <#C0WPNE|wp-ne>, <!here>", "see #wp-ne, @here"),
        (
            "<https://a.example/x|the plan> or <https://a.example>",
            "the plan (https://a.example/x) or https://a.example",
        ),
        ("R&amp;D is &lt; 3, not &amp;lt;", "R&D is < 3, not &lt;"),
        ("<!date^1|4 January>", "4 January"),
    ],
)
def test_marks_become_what_is_seen(text: str, seen: str) -> None:
    assert without_markup(text, NAMES) == seen


def test_who_is_mentioned() -> None:
    assert mentioned_users("<@U0PRIYA> <@U1|sam> <#C1|x> @U2") == {"U0PRIYA", "U1"}


@given(st.text())
def test_what_slack_escaped_comes_back_to_the_letter(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert without_markup(escaped, {}) == text
