"""Each kind of term is listed from the contract's page, added, changed and ended in its forms."""

from collections.abc import Mapping

import pytest

from tests.acceptance.office import AMIRA, Office, words
from tests.acceptance.test_terms import answer, told
from workspace.client.person import Value

OBLIGATION: Mapping[str, Value] = {"name": "Share the risk register", "owed_by": "partner", "clause": "9.1"}
OPTION: Mapping[str, Value] = {"name": "Extension of 6 months", "months": "6", "decide_by": "30 September 2028"}


@pytest.mark.parametrize(
    ("kind", "entry", "change"),
    [("obligation", OBLIGATION, {"clause": "9.2"}), ("option", OPTION, {"months": "12"})],
)
def test_a_term_is_added_changed_and_ended_from_the_contracts_page(
    office: Office, kind: str, entry: Mapping[str, Value], change: Mapping[str, Value]
) -> None:
    amira = office.person(AMIRA)
    amira.click(answer(amira, "/contract show WP-NE"), f"{kind}_list")
    amira.click(told(amira, "on WP-NE"), "term_add")
    done = amira.submit(amira.modal(), entry)
    assert "is added to WP-NE." in words(done.view), done.errors
    amira.command(f"/contract {kind} WP-NE {entry['name']}", channel="C0PORTFOLIO")
    done = amira.submit(amira.modal(), change)
    assert "WP-NE" in words(done.view), done.errors
    amira.command(f"/contract {kind} WP-NE {entry['name']}", channel="C0PORTFOLIO")
    amira.click(amira.modal(), "term_end")
    ended = amira.submit(amira.modal(title=f"End an {kind}"), {"reason": "It is not needed"})
    assert "has ended on WP-NE" in words(ended.view), ended.errors
