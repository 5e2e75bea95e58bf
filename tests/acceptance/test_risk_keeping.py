"""Keeping a risk: reviewed, responded to, handed over, turned into an issue, closed; and who may not, or no longer."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import demo
from bot.models import Escalation, Risk, RiskAssessment, Role, RoleName, TrailEntry
from bot.models import Person as PersonRow
from bot.services.edit_conflicts import last_entry
from tests.acceptance.appointing import as_contact
from tests.acceptance.office import AMIRA, CALLUM, GUEST, HELEN, NORTH_EAST, PORTFOLIO, Office, words
from tests.acceptance.test_risk_list import HELP, LEAVERS, NADIA, reference_of
from tests.builders import contract_named
from workspace import Control
from workspace.client.person import Message, Modal, Person

RHIAN = "U0RHIAN"  # a manager of other contracts
WHY = "Two more advisers left in December"


def opened(person: Person, typed: str) -> Modal:
    assert person.open_view() is None, "an earlier form would be taken for the one that opens"
    assert person.command(f"/risk {typed}", channel=PORTFOLIO) == []
    return person.modal()


def answered(office: Office, user: str, typed: str) -> Message:
    """The answer to what somebody types: at once, or, with a chart in it, when its picture is in Slack."""
    person = office.person(user)
    before = len(person.messages(PORTFOLIO))
    person.command(f"/risk {typed}", channel=PORTFOLIO)
    person.wait(lambda each: len(each.messages(PORTFOLIO)) > before)
    answer = person.messages(PORTFOLIO)[-1]
    assert answer.ephemeral
    return answer


def said(office: Office, user: str, typed: str) -> str:
    return answered(office, user, typed).plain


def kept(office: Office, reference: str) -> Risk:
    return office.read(lambda session: session.get_one(Risk, int(reference[2:])))


def assessments(office: Office, reference: str) -> list[tuple[int, int, str]]:
    rows = office.read(
        lambda session: session.scalars(
            select(RiskAssessment)
            .where(col(RiskAssessment.risk_id) == int(reference[2:]))
            .order_by(col(RiskAssessment.id))
        ).all()
    )
    return [(row.likelihood, row.impact, row.why) for row in rows]


def entries(office: Office, action: str) -> list[TrailEntry]:
    statement = select(TrailEntry).where(col(TrailEntry.action) == action).order_by(col(TrailEntry.id))
    return office.read(lambda session: list(session.scalars(statement)))


def assess(office: Office, user: str, reference: str, likelihood: str, impact: str, why: str = WHY) -> Modal:
    person = office.person(user)
    done = person.submit(
        opened(person, f"review {reference}"), {"likelihood": likelihood, "impact": impact, "why": why}
    )
    assert done.errors == {}
    assert done.view is not None
    person.close(done.view)
    return done.view


def test_a_review_is_kept_beside_what_was_and_sets_the_next_by_the_band(office: Office) -> None:
    reference, amira = reference_of(office, LEAVERS), office.person(AMIRA)
    form = opened(amira, f"review {reference}")
    assert (form.values["likelihood"]["entered"], form.values["impact"]["entered"]) == ("3", "3")
    done = amira.submit(form, {"likelihood": "4", "why": WHY})
    assert f"The review of *{reference}* is saved. It rose from medium to high." in words(done.view)
    risk = kept(office, reference)
    assert (risk.likelihood, risk.impact, str(risk.review_on)) == (4, 3, "2027-02-03")  # high: 30 days
    assert assessments(office, reference) == [(4, 3, WHY)]
    (entry,) = entries(office, "risk reviewed")
    assert (entry.actor, entry.subject, entry.why) == (AMIRA, reference, WHY)
    assert entry.changes["likelihood"] == ["Possible", "Likely"]
    assert f"Amira Shah: high, 12 (likely and moderate, 4 x 3). {WHY}" in said(office, HELEN, f"show {reference}")


def test_the_page_of_a_risk_opens_its_review(office: Office) -> None:
    amira = office.person(AMIRA)
    (page,) = amira.command(f"/risk show {reference_of(office, LEAVERS)}", channel=PORTFOLIO)
    amira.click(page, "Review it")
    assert amira.modal(title="Review a risk").values["likelihood"]["entered"] == "3"


def make_viewer(office: Office, user: str) -> None:
    with office.liaison.database.writing() as session:
        person = session.scalars(select(PersonRow).where(col(PersonRow.slack) == user)).one()
        contract = contract_named(session, "WP-NE")
        session.add(Role(contract_id=contract.id, person_id=person.id, role=RoleName.VIEWER))


def review_form(metadata: str, view_id: str, user: str = AMIRA) -> str:
    """A filled-in form as Slack sends it, of somebody who need not have had it open."""
    chosen = {name: {"entered": {"selected_option": {"value": "2"}}} for name in ("likelihood", "impact")}
    chosen["category"] = {"entered": {"selected_option": {"value": "people"}}}
    state = {"values": {**chosen, "why": {"entered": {"value": WHY}}}}
    view = {"type": "modal", "id": view_id, "callback_id": "risk_review_form", "state": state}
    view |= {"private_metadata": metadata}
    return json.dumps({"type": "view_submission", "user": {"id": user, "team_id": "T0DEPT"}, "view": view})


@pytest.mark.parametrize(
    ("why", "sentence"),
    [("\u200b", "Enter what changed, in up to 300 characters."), ("AB123456C left", "National Insurance number")],
)
def test_what_changed_is_needed_and_is_no_personal_detail(http_office: Office, why: str, sentence: str) -> None:
    reference, amira = reference_of(http_office, LEAVERS), http_office.person(AMIRA)
    refused = amira.submit(opened(amira, f"review {reference}"), {"why": why})
    assert sentence in refused.errors["why"]
    assert assessments(http_office, reference) == []


def test_of_two_reviewers_the_second_is_shown_what_the_first_said(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    first, second = opened(amira, f"review {reference}"), opened(nadia, f"review {reference}")
    amira.submit(first, {"likelihood": "5", "impact": "2", "why": WHY})
    asked = nadia.submit(second, {"likelihood": "1", "why": "All hired"}).view
    assert asked is not None
    assert f"Amira Shah changed {reference} on 4 January 2027 at 9am" in words(asked)
    assert "to Almost certain" in words(asked)
    assert WHY in words(asked)
    assert asked.values["why"]["entered"] == "All hired"
    kept = nadia.submit(asked, {"crossing": "theirs"}).view
    assert "Your changes were discarded" in words(kept)
    assert assessments(office, reference) == [(5, 2, WHY)]
    assert kept is not None
    nadia.close(kept)
    again = opened(nadia, f"review {reference}")
    assert again.values["likelihood"]["entered"] == "5"
    assert WHY in words(again)


def test_one_that_becomes_very_high_is_escalated_once_and_again_after_it_had_fallen(office: Office) -> None:
    reference, helen = reference_of(office, LEAVERS), office.person(HELEN)
    assert "Helen Marsh was asked to acknowledge it." in words(assess(office, AMIRA, reference, "4", "4"))
    asked_before = assess(office, AMIRA, reference, "5", "4")
    assert "Helen Marsh was asked before and has not acknowledged it yet." in words(asked_before)
    office.deliver()
    (ping,) = helen.direct_messages()
    helen.click(ping, "Acknowledge")
    office.deliver()
    assert "Helen Marsh" not in words(assess(office, AMIRA, reference, "4", "4")), "it stayed very high"
    assess(office, AMIRA, reference, "2", "2")
    office.clock.move_to(demo.BEGINS + timedelta(days=1))
    assert "Helen Marsh was asked to acknowledge it." in words(assess(office, AMIRA, reference, "5", "5"))
    office.deliver()
    asked, over, asked_again = [each.plain for each in helen.direct_messages()]
    assert f"{reference} has fallen to low" in asked
    assert "You have nothing more to do" in over
    assert "a score of 25" in asked_again
    standing = office.read(lambda session: [each.ended_because for each in session.scalars(select(Escalation))])
    assert standing == ["fallen", None]


def pings(office: Office) -> list[Message]:
    """What Helen Marsh was asked; the closing words in the threads are left out."""
    office.deliver()
    return [each for each in office.person(HELEN).direct_messages() if "nothing more to do" not in each.plain]


def test_what_fell_or_was_closed_before_anybody_acknowledged_it_loses_its_button_and_says_why(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    assess(office, AMIRA, reference, "4", "4")
    (ping,) = pings(office)
    assert "It is very high, with a score of 16." in ping.plain
    assess(office, AMIRA, reference, "5", "4")
    (ping,) = pings(office)
    assert "a score of 20" in ping.plain, "the ping says what the risk is now"
    assess(office, AMIRA, reference, "3", "3")
    (fallen,) = pings(office)
    assert f"You no longer need to answer: {reference} has fallen to medium on 4 January 2027 at 9am" in fallen.plain
    assert [e["action_id"] for _, e in fallen.elements()] == ["home_contract"], "nothing is left to answer"
    notices = [each.plain for each in office.person(AMIRA).messages(NORTH_EAST) if "no longer needs to" in each.plain]
    assert len(notices) == 1
    assess(office, AMIRA, reference, "4", "3")
    assert "It is worse than at the last review: a score of 12, from 9." in pings(office)[-1].plain
    said(office, AMIRA, f"close {reference} Pay was raised")
    closed = pings(office)[-1]
    assert f"You no longer need to answer: {reference} was closed" in closed.plain
    ends = office.read(lambda session: [each.ended_because for each in session.scalars(select(Escalation))])
    assert ends == ["fallen", "closed"]


def test_a_risk_is_escalated_by_hand_once_until_it_is_acknowledged(office: Office) -> None:
    reference, helen = reference_of(office, LEAVERS), office.person(HELEN)
    answer = said(office, AMIRA, f"escalate {reference} The union has balloted")
    assert f"Helen Marsh was asked to acknowledge {reference}." in answer
    assert "Waiting for Helen Marsh to acknowledge it" in answer
    assert "Helen Marsh was asked" in said(office, NADIA, f"escalate {reference} Again")
    assess(office, AMIRA, reference, "2", "2")
    (ping,) = pings(office)
    assert "Amira Shah escalated it: The union has balloted" in ping.plain, "what was asked is not over"
    helen.click(ping, "Acknowledge")
    assert f"Helen Marsh was asked to acknowledge {reference}." in said(
        office, NADIA, f"escalate {reference} Once more"
    )


def test_a_response_is_kept_and_shown(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    answer = said(office, AMIRA, f'respond {reference} Treat Recruit 6 advisers, "as agreed')
    assert f"The response to {reference} is saved." in answer
    assert 'Treat: Recruit 6 advisers, "as agreed' in answer
    said(office, AMIRA, f"respond {reference} tolerate")
    assert "Response\nTolerate" in said(office, HELEN, f"show {reference}")
    first, second = entries(office, "risk response")
    assert first.changes["response"] == ["nothing", "treat"]
    assert second.changes == {
        "response": ["treat", "tolerate"],
        "response note": ['Recruit 6 advisers, "as agreed', "nothing"],
    }


def test_a_risk_that_has_happened_is_an_issue_until_it_is_closed(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    assert f"{reference} is now an issue." in said(office, AMIRA, f"issue {reference} Nine advisers have left")
    assert "What happened\nNine advisers have left" in said(office, HELEN, f"show {reference}")
    assert "It has happened" in said(office, HELEN, "list WP-NE")
    (card,) = office.person(HELEN).command("/contract show WP-NE", channel=PORTFOLIO)
    assert f"({reference}, medium, 9, it has happened)" in card.plain
    assert "there is no likelihood to assess" in said(office, AMIRA, f"review {reference}")
    assert f"{reference} is an issue already" in said(office, AMIRA, f"issue {reference} Ten")
    said(office, AMIRA, f"close {reference} All nine are replaced")
    assert kept(office, reference).status == "closed"


def test_a_closed_risk_says_why_and_is_left_alone(office: Office) -> None:
    reference, amira = reference_of(office, LEAVERS), office.person(AMIRA)
    form = opened(amira, f"review {reference}")
    assert f"{reference} is closed." in said(office, NADIA, f"close {reference} Pay isn't behind any more")
    risk = kept(office, reference)
    assert (risk.status, str(risk.closed_on), risk.closing_reason) == (
        "closed",
        "2027-01-04",
        "Pay isn't behind any more",
    )
    (entry,) = entries(office, "risk closed")
    assert (entry.actor, entry.why, entry.changes) == (
        NADIA,
        "Pay isn't behind any more",
        {"status": ["open", "closed"]},
    )
    (sentence,) = amira.submit(form, {"why": WHY}).errors.values()
    assert f"{reference} was closed on 4 January 2027, so nothing was done." in sentence
    for typed in ("review {}", "respond {} treat", "issue {} It came", "close {} Again", "owner {}"):
        assert "was closed on 4 January 2027" in said(office, AMIRA, typed.format(reference))
    assert LEAVERS not in said(office, AMIRA, "list WP-NE")
    assert "Why it was closed\nPay isn't behind any more" in said(office, AMIRA, f"show {reference}")
    assert assessments(office, reference) == []


def test_a_risk_is_handed_over_to_somebody_of_the_contract(office: Office) -> None:
    reference, amira = reference_of(office, LEAVERS), office.person(AMIRA)
    form = opened(amira, f"owner {reference}")
    for nobody in (CALLUM, "U0PRIYA", "U0MARTHA"):
        refused = amira.submit(form, {"owner": nobody})
        assert "They have no role on WP-NE that lets them assess its risks." in refused.errors["owner"]
    done = amira.submit(form, {"owner": HELEN})
    assert "Helen Marsh looks after" in words(done.view) or f"<@{HELEN}> looks after" in words(done.view)
    (entry,) = entries(office, "risk owner")
    assert entry.changes == {"owner": ["Amira Shah", "Helen Marsh"]}
    assert LEAVERS in said(office, HELEN, "list mine")
    assert LEAVERS not in said(office, AMIRA, "list mine")
    (told,) = pings(office)
    assert f"Amira Shah gave you {reference} to look after" in told.plain
    office.person(HELEN).click(told, "Review it")
    assert office.person(HELEN).modal(title="Review a risk")


@pytest.mark.parametrize("who", [f"<@{HELEN}|helen.marsh>", f"<@{HELEN}>", "@helen.marsh", "Helen", "marsh"])
def test_an_owner_is_named_in_one_line(http_office: Office, who: str) -> None:
    reference = reference_of(http_office, LEAVERS)
    assert f"Helen Marsh now looks after {reference}." in said(http_office, AMIRA, f"owner {reference} {who}")
    assert LEAVERS in said(http_office, HELEN, "list mine")


@pytest.mark.parametrize("who", ["Callum", f"<@{CALLUM}|callum>", "Priya", "“"])
def test_who_cannot_own_a_risk_is_answered_with_those_who_can(http_office: Office, who: str) -> None:
    reference = reference_of(http_office, LEAVERS)
    answer = said(http_office, AMIRA, f"owner {reference} {who}")
    assert "is not one of those who can look after the risks of WP-NE" in answer
    assert kept(http_office, reference).owner_id == kept(http_office, reference).raised_by_id


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("review", "it needs the reference of a risk, such as R-12"),
        ("review twelve", "“twelve” is not the reference of a risk"),
        ("respond {}", "and treat, tolerate, transfer or terminate"),
        ("respond {} treet", "“treet” is not a response to a risk. Did you mean treat?"),
        ("close {}", "and why it is closed"),
        ("escalate {}", "and why the senior owner should see it"),
        ("issue {}", "and what has happened"),
        ("close {} " + "x" * 301, "Why it is closed is 301 characters long, and the most is 300."),
        ("owner", "it needs the reference of a risk, such as R-12"),
    ],
)
def test_what_is_not_complete_changes_nothing(http_office: Office, typed: str, answer: str) -> None:
    reference = reference_of(http_office, LEAVERS)
    before = kept(http_office, reference).model_dump()
    assert answer in said(http_office, AMIRA, typed.format(reference))
    assert kept(http_office, reference).model_dump() == before


WORDS = (
    "review {}",
    "respond {} treat",
    "escalate {} Look",
    "issue {} It came",
    "close {} Gone",
    "owner {}",
    "owner {} Helen",
)


@pytest.mark.parametrize("typed", WORDS)
def test_who_may_not_see_a_risk_hears_that_there_is_none(http_office: Office, typed: str) -> None:
    reference = reference_of(http_office, LEAVERS)
    before = kept(http_office, reference).model_dump()
    for number in (reference, "R-999"):
        assert f"There is no risk {number} that you can see." in said(http_office, RHIAN, typed.format(number))
    assert kept(http_office, reference).model_dump() == before


def test_a_partners_guest_keeps_no_risk(guest_office: Office) -> None:
    reference = reference_of(guest_office, LEAVERS)
    as_contact(guest_office)
    with Control(guest_office.workspace_url) as control:
        control.share(HELP, GUEST)
    guest = guest_office.person(GUEST)
    for typed in WORDS:
        (answer,) = guest.command(f"/risk {typed.format(reference)}", channel=HELP)
        assert f"There is no risk {reference} that you can see." in answer.plain
    assert kept(guest_office, reference).status == "open"


def test_who_may_only_look_is_refused_and_that_is_audited(http_office: Office) -> None:
    reference = reference_of(http_office, LEAVERS)
    make_viewer(http_office, RHIAN)
    shown = said(http_office, RHIAN, f"show {reference}")
    assert LEAVERS in shown
    assert "What you can do next" not in shown
    for typed in WORDS:
        assert "You do not have a role on this contract" in said(http_office, RHIAN, typed.format(reference))
    assert len(entries(http_office, "refused")) == len(WORDS)


def test_a_command_and_a_form_that_come_twice_count_once(http_office: Office) -> None:
    reference = reference_of(http_office, LEAVERS)
    typed = {"command": "/risk", "channel_id": PORTFOLIO, "user_id": AMIRA, "team_id": "T0DEPT", "trigger_id": "7.7"}
    answers = [http_office.post({**typed, "text": f"close {reference} Gone"}).json()["text"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert f"{reference} is closed." in answers[0]
    assert len(entries(http_office, "risk closed")) == 1
    http_office.post({**typed, "trigger_id": "7.8", "text": "raise WP-NE “Doors jam” rare minor"})
    reference = reference_of(http_office, "Doors jam")
    form = review_form(f"{kept(http_office, reference).public_id}\n{http_office.read(last_entry)}", "V7")
    first, second = (http_office.post({"payload": form}).json() for _ in range(2))
    assert first == second
    assert first["response_action"] == "update"
    assert len(assessments(http_office, reference)) == 2


@pytest.mark.parametrize("metadata", ["no-such-record-0\n0", "", "x y", "9999999999999999\n0", "-1\n0", "{key}\n0"])
def test_a_forged_form_is_of_no_risk_that_its_sender_can_see(http_office: Office, metadata: str) -> None:
    reference = reference_of(http_office, LEAVERS)
    form = review_form(metadata.format(key=kept(http_office, reference).public_id), "V8", RHIAN)
    (sentence,) = http_office.post({"payload": form}).json()["errors"].values()
    assert "There is no such risk that you can see" in sentence
    assert assessments(http_office, reference) == []
