"""A report that came is accepted or queried, and a query is answered by reporting again."""

import json

from bot.models import ReportState
from tests.acceptance.office import (
    AMIRA,
    HELEN,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    TOMASZ,
    Office,
    words,
)
from tests.acceptance.reporting import (
    ASKED,
    NADIA,
    asks,
    card,
    december,
    entries,
    in_channel,
    notice,
    opened,
    pressed,
    reported,
    send,
)
from tests.builders import DAY
from workspace import Person
from workspace.client.person import Message


def test_a_report_is_accepted_once_and_every_message_about_it_says_by_whom(office: Office) -> None:
    told = reported(office)
    assert "It is waiting for a decision." in told.text
    seen_by_nadia = card(office, NADIA)
    assert pressed(office, AMIRA, told, "Accept") == ""
    office.deliver()
    accepted = "Accepted by Amira Shah on 4 January 2027 at 9am"
    assert accepted in notice(office).plain
    shared = office.person(PRIYA).messages(NORTH_EAST_SHARED)
    assert len(shared) == 1, "the one message in the shared channel is updated"
    assert accepted in shared[0].plain
    assert [element["text"]["text"] for _, element in notice(office).elements()] == []
    (entry,) = entries(office, "report accepted")
    assert (entry.actor, entry.changes) == (AMIRA, {"state": ["received", "accepted"]})
    again = pressed(office, NADIA, seen_by_nadia, "Accept")
    assert "Amira Shah accepted this report on 4 January 2027 at 9am, so nothing was changed." in again
    assert len(entries(office, "report accepted")) == 1


def test_an_accepted_report_cannot_be_sent_again(office: Office) -> None:
    told = reported(office)
    asks(office, told)
    priya = office.person(PRIYA)
    question = in_channel(priya, NORTH_EAST_SHARED, "Query about the report")
    priya.click(question, "Report again")
    form = opened(priya)
    assert pressed(office, NADIA, notice(office), "Accept after all") == ""
    refused = send(priya, "99", "99")
    assert "Nadia Rahman accepted the report for December 2026 on 4 January 2027" in refused
    assert "so it cannot be changed any more" in refused
    assert form.title == "Report: December 2026"
    (answer,) = office.person(AMIRA).command("/progress report WP-NE starts=99", channel=PORTFOLIO)
    assert "No report is due on WP-NE." in answer.plain
    office.deliver()
    assert "Settled: Nadia Rahman accepted the report" in in_channel(priya, NORTH_EAST_SHARED, "Query about").plain


def test_a_query_is_asked_in_the_shared_channel_and_answered_by_reporting_again(office: Office) -> None:
    told = reported(office)
    done = asks(office, told)
    assert "The query goes to the channel that is shared with Northgate Futures Ltd, in the thread of" in done
    priya = office.person(PRIYA)
    question = in_channel(priya, NORTH_EAST_SHARED, "Query about the report for December 2026")
    assert "Amira Shah has a query about the report for December 2026 on WP-NE" in question.text
    assert "Why did starts fall & when are both posts filled?" in question.plain.replace("&amp;", "&")
    assert "Queried by Amira Shah on" in notice(office).plain
    (listed,) = office.person(AMIRA).command("/progress list", channel=PORTFOLIO)
    assert "1 queried" in listed.plain
    office.clock.advance(DAY)
    priya.click(question, "Report again")
    assert opened(priya).values[_first(priya)]["entered"] == "97.2%", "the form holds what was reported"
    assert "Sent again after the query" in send(priya, "98", "88", "Both posts are filled.").replace("*", "")
    office.deliver()
    assert "Answered by Priya Nair on 5 January 2027" in in_channel(priya, NORTH_EAST_SHARED, "Query about").plain
    fresh = notice(office)
    assert "Both posts are filled." in fresh.plain
    assert fresh.ts != told.ts, "it is told anew"
    (revised,) = [each for each in entries(office, "report received") if each.changes]
    assert revised.changes == {"state": ["queried", "received"], "starts": ["97.2", "98"]}
    assert pressed(office, AMIRA, fresh, "Accept") == ""
    assert office.read(december).state is ReportState.ACCEPTED


def _first(person: Person) -> str:
    return next(str(each["block_id"]) for each in person.modal().blocks if each.get("block_id", "").startswith("kpi_"))


def test_who_saw_an_earlier_state_is_told_what_happened_since(office: Office) -> None:
    told = reported(office)
    amira, nadia, seen_by_nadia = office.person(AMIRA), office.person(NADIA), card(office, NADIA)
    for each in (amira, nadia):
        each.click(told, "Query")
    amira.submit(amira.modal(), {"query": ASKED})
    refused = nadia.submit(nadia.modal(), {"query": "And outcomes?"})
    assert "Amira Shah queried this report on 4 January 2027 at 9am" in refused.errors["query"]
    assert "Amira Shah queried this report" in pressed(office, NADIA, seen_by_nadia, "Accept")
    office.deliver()
    priya = office.person(PRIYA)
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Query about"), "Report again")
    send(priya, "50", "88")
    assert "Priya Nair sent this report again on 4 January 2027" in pressed(office, NADIA, seen_by_nadia, "Accept")
    assert office.read(december).state is ReportState.RECEIVED


def test_a_card_is_accepted_in_its_place(office: Office) -> None:
    amira = office.person(AMIRA)
    (seen,) = amira.command("/progress show WP-NE November 2026", channel=PORTFOLIO)
    amira.click(seen, "Accept")
    accepted: Message = amira.wait(
        lambda p: next((m for m in p.messages(PORTFOLIO) if "State: accepted" in m.plain), None)
    )
    assert accepted.ts == seen.ts


def test_a_query_in_one_line_is_answered_with_what_changed_alone(office: Office) -> None:
    asks(office, reported(office))
    (answer,) = office.person(AMIRA).command("/progress report WP-NE outcomes=101", channel=PORTFOLIO)
    assert "Approaching target, 97.2% against 99%" in answer.plain
    assert "Good, 101% against 100%" in answer.plain


def test_who_may_not_decide_is_refused_and_a_forged_button_does_nothing(http_office: Office) -> None:
    office, told = http_office, reported(http_office)
    assert "You do not have a role on this contract" in pressed(office, HELEN, told, "Accept")
    report = office.read(december)
    key = report.public_id
    for user, home in ((PRIYA, "T0NORTHGATE"), (TOMASZ, "T0CALDERWICK")):
        for action, value in (("report_accept", f"{key} 0 received"), ("report_query", f"{key} 0 received")):
            forged(office, user, home, action, value)
    for value in (
        "",
        "x",
        "no-such-record-0 0 received",
        f"{report.id} 0 received",
        key,
        f"{key} 1 queried",
        f"{key} 0 accepted",
        "-1 0 received",
    ):
        forged(office, AMIRA, "T0DEPT", "report_accept", value)
    assert office.read(december).state is ReportState.RECEIVED
    refused = [entry.actor for entry in entries(office, "refused")]
    assert (refused.count(HELEN), refused.count(PRIYA), refused.count(TOMASZ)) == (1, 2, 2)


def forged(office: Office, user: str, home: str, action: str, value: str) -> None:
    trigger = office.workspace.grants.trigger(user)
    payload = {
        "type": "block_actions",
        "team": {"id": home},
        "user": {"id": user, "team_id": home},
        "trigger_id": trigger,
        "channel": {"id": NORTH_EAST_SHARED},
        "response_url": f"{office.workspace_url}/response/{office.workspace.grants.response(user, NORTH_EAST_SHARED)}",
        "actions": [{"type": "button", "action_id": action, "value": value, "block_id": "decide"}],
    }
    assert office.post({"payload": json.dumps(payload)}).status_code == 200
    office.drain()


def test_the_manager_verifies_figures_and_overrides_a_rating_on_the_reports_page(office: Office) -> None:
    """The partner is told of the override when the report is accepted, and not before."""
    reported(office)
    amira = office.person(AMIRA)
    (card,) = amira.command("/progress show WP-NE", channel=PORTFOLIO)
    amira.click(card, "Verify figures")
    form = amira.modal()
    assert "Starts within 15 working days" not in str(form.blocks), "its source is verified"
    (outcomes,) = [
        option["value"] for block in form.blocks if block["type"] == "input" for option in block["element"]["options"]
    ]
    assert "verified by Amira Shah" in words(amira.submit(form, {"verified": outcomes}).view)
    amira.close(amira.modal())
    amira.click(card, "Override a rating")
    form = amira.modal()
    chosen = {"kpi": outcomes, "rating": "Inadequate"}
    refused = amira.submit(form, chosen)
    assert list(refused.errors) == ["reason"]
    done = amira.submit(amira.modal(), {**chosen, "reason": "Two sites were closed"})
    said = "Amira Shah set this rating on 4 January 2027 at 9am: Two sites were closed (by the cut-offs: Requires"
    assert said in words(done.view)
    office.deliver()
    assert said in notice(office).plain
    priya = office.person(PRIYA)
    assert "set this rating" not in in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026").plain
    assert "verified by Amira Shah" not in priya.messages(NORTH_EAST_SHARED)[0].plain, "it comes with the decision"
    pressed(office, AMIRA, notice(office), "Accept")
    office.deliver()
    assert said in in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026").plain
