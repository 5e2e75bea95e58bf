"""Red, amber or green: what has to be said with it, and under which field it is refused."""

import pytest

from bot.domain.ratings import UNSAID, Outlook, Rag
from bot.domain.text_validation import Sensitive
from bot.errors import UserError
from bot.services.progress.report_submission import outlook

WHY, PATH = "Two posts are empty.", "Both start on 18 January."


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        (("", "", ""), UNSAID),
        (("Green", "", " "), Outlook(Rag.GREEN)),
        (("Green", WHY, ""), Outlook(Rag.GREEN, WHY)),
        (("amber", f" {WHY} ", PATH), Outlook(Rag.AMBER, WHY, PATH)),
        (("Red", WHY, PATH), Outlook(Rag.RED, WHY, PATH)),
    ],
)
def test_what_is_kept(entered: tuple[str, str, str], kept: Outlook) -> None:
    assert outlook(*entered) == kept


@pytest.mark.parametrize(
    ("entered", "field", "says"),
    [
        (("Amber", "", PATH), "rag_reason", "Say why it is amber."),
        (("Red", WHY, " "), "path_to_green", "It is red: say what will be done, and by when it is green."),
        (("Red", "", ""), "rag_reason", "Say why it is red."),
        (("", WHY, ""), "rag", "Choose red, amber or green"),
        (("", "", PATH), "rag", "Choose red, amber or green"),
        (("blue", "", ""), "rag", "“blue” is not red, amber or green"),
        (("Red", "x" * 1001, PATH), "rag_reason", "1,001 characters"),
        (("Red", WHY, "AB 12 34 56 C"), "path_to_green", "personal details"),
    ],
)
def test_what_is_refused_and_where(entered: tuple[str, str, str], field: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        outlook(*entered)
    assert refused.value.field == field


def test_a_personal_detail_is_kept_on_purpose_alone() -> None:
    with pytest.raises(Sensitive) as refused:
        outlook("Amber", "The manager was diagnosed with cancer.", PATH)
    assert (refused.value.field, refused.value.can_be_kept) == ("rag_reason", True)
    assert outlook("Amber", "The manager was diagnosed with cancer.", PATH, deliberate=True).rag is Rag.AMBER
