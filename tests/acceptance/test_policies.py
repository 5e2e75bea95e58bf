"""A policy from its draft to its end: written, approved by somebody above, issued, followed by its next versions, and
withdrawn; and what partners read and answer meanwhile."""

from datetime import timedelta

from bot.models import DocumentKind
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PRIYA, Office, words
from tests.acceptance.test_memos import answered, last, told
from workspace import Person

SAFE = "Keeping people safe"
ENTRY = {"subject": SAFE, "changes": "Each adviser is trained before they meet anybody."}
NADIA = "U0NADIA"


def shown(person: Person, command: str) -> str:
    """What somebody is told after they typed a command."""
    (answer,) = person.command(command, channel=NORTH_EAST)
    return answer.plain


def issue(office: Office, amira: Person) -> None:
    """Issue the draft of the policy from its page."""
    (page,) = amira.command("/policy show 1", channel=NORTH_EAST)
    amira.click(page, "Preview and issue")
    amira.submit(amira.modal(title="Preview"))
    told(office)
    office.clock.advance(timedelta(minutes=1))  # whoever types the same in the same minute is asked whether it is meant


def revise(amira: Person, how: str) -> None:
    """Write the next version."""
    amira.command(f"/policy {how} 1", channel=NORTH_EAST)
    form = amira.modal(title=f"Edit {DocumentKind.POLICY.noun}")
    assert "It is approved before you can issue it." in words(amira.submit(form, ENTRY).view)


def write_and_approve(office: Office) -> None:
    """A policy is not issued before the head or the senior owner has approved it."""
    amira, helen = office.person(AMIRA), office.person(HELEN)
    amira.command("/policy new WP-NE", channel=NORTH_EAST)
    preview = amira.submit(amira.modal(title=f"New {DocumentKind.POLICY.noun}"), ENTRY).view
    assert "It is approved before you can issue it." in words(preview)
    refused = amira.command("/policy approve 1", channel=NORTH_EAST)[0].plain
    assert "You do not have a role" in refused
    (page,) = helen.command("/policy show 1", channel=NORTH_EAST)
    assert "is approved" in answered(office, helen, page, "Approve")


def test_a_policy_is_approved_issued_acknowledged_followed_by_its_next_versions_and_withdrawn(office: Office) -> None:
    amira, priya, nadia = office.person(AMIRA), office.person(PRIYA), office.person(NADIA)
    write_and_approve(office)
    issue(office, amira)
    first = last(priya.direct_messages(), SAFE)
    assert first.text == f"Policy 1: {SAFE}. Acknowledge by 11 January 2027"
    assert f"Policy 1: {SAFE}" in shown(amira, "/policy")

    revise(amira, "minor")
    assert "is approved" in shown(nadia, "/policy approve 1")
    issue(office, amira)
    over = next(each for each in priya.direct_messages() if each.ts == first.ts)
    assert "Replaced by a later version" in over.plain
    second = last(priya.direct_messages(), SAFE)
    assert second.text == f"Policy 1, version 2: {SAFE}. Acknowledge by 11 January 2027", "nobody waits for the first"
    assert answered(office, priya, second, "Acknowledge") == "Policy 1 is acknowledged for WP-NE."
    told(office, minutes=1)
    assert SAFE not in shown(amira, "/policy")
    assert "1 of 1" in shown(amira, "/policy list")

    revise(amira, "minor")
    assert "is approved" in shown(nadia, "/policy approve 1")
    issue(office, amira)
    third = last(priya.direct_messages(), SAFE)
    assert third.text == f"Policy 1, version 3: {SAFE}", "it informs, and asks nobody"
    assert "Acknowledge" not in [element["text"]["text"] for _, element in third.elements()]

    revise(amira, "major")
    assert "is approved" in shown(nadia, "/policy approve 1")
    issue(office, amira)
    fourth = last(priya.direct_messages(), SAFE)
    assert "Acknowledge by 11 January 2027" in fourth.text, "it asks again"
    earlier = next(each for each in priya.direct_messages() if each.ts == second.ts)
    assert "Acknowledged by Priya Nair" in earlier.plain, "an answer to an earlier version stays what it was"

    assert "is withdrawn" in shown(amira, "/policy withdraw 1 it is part of the contract now")
    told(office)
    over = next(each for each in priya.direct_messages() if each.ts == fourth.ts)
    assert "Withdrawn" in over.plain
