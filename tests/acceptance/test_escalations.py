"""Escalations: what is late goes up the ladder, four answers stop it, and everybody who was asked hears the end."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.domain.ladder import Step
from bot.domain.london import london_instant
from bot.models import ActionItem, Contract, Escalation, EscalationStep, Milestone, MilestoneKind, Party, TrailEntry
from tests.acceptance.office import AMIRA, CALLUM, HELEN, NORTH_EAST, PORTFOLIO, PRIYA, Office, words
from workspace import Control, Person
from workspace.client.person import Message, Submission

NADIA, JOSEPH, RHIAN = "U0NADIA", "U0JOSEPH", "U0RHIAN"
DECEMBER = "Report for December 2026"
LINE = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def go_to(office: Office, day: int, hour: int = 9) -> None:
    """An hour of a day in January, with what the jobs find then."""
    office.clock.move_to(london_instant(date(2027, 1, day), hour))
    run(office)


def run(office: Office) -> None:
    office.run("escalate")
    office.deliver()


def pinged(person: Person, about: str) -> list[Message]:
    """What somebody was asked about something, the latest last."""
    return [m for m in person.direct_messages() if about in m.plain and offers(m, "escalation_acknowledge")]


def offers(message: Message, action: str) -> bool:
    """Whether a message has a button."""
    return action in [element["action_id"] for _, element in message.elements()]


def said(person: Person) -> str:
    return "\n".join(m.plain.replace("*", "") for m in person.direct_messages())


def notice(office: Office, about: str = "Advisers leaving") -> Message:
    """What the contract's channel shows of what was escalated."""
    shown = office.person(NADIA).messages(NORTH_EAST)
    return [m for m in shown if "Why it was escalated" in m.plain and about in m.plain][-1]


def raised(office: Office) -> Message:
    """A very high risk, of which Helen Marsh has been asked."""
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    (ping,) = office.person(HELEN).direct_messages()
    return ping


def is_told(person: Person, sentence: str, channel: str = "") -> bool:
    """Whether somebody hears this after a click; it may take a moment."""

    def heard(someone: Person) -> bool:
        messages = someone.messages(channel) if channel else someone.direct_messages()
        return any(sentence in m.plain for m in messages)

    return bool(person.wait(heard))


def of_wp_ne(office: Office) -> Escalation:
    """What is escalated on WP-NE."""
    on_it = select(Escalation).join(Contract, col(Contract.id) == col(Escalation.contract_id))
    return office.read(lambda s: s.scalars(on_it.where(col(Contract.reference) == "WP-NE")).one())


def test_a_late_report_goes_up_rung_by_rung_and_everybody_who_was_asked_hears_that_it_came(office: Office) -> None:
    amira, nadia, helen = office.person(AMIRA), office.person(NADIA), office.person(HELEN)
    office.run("prompt")
    office.deliver()
    go_to(office, 12)
    assert f"{DECEMBER}\nWP-NE" not in said(amira)
    go_to(office, 13)
    (ping,) = [m for m in pinged(amira, DECEMBER) if "WP-NE" in m.plain]
    assert "It was due on 6 January 2027, and had not come 5 working days later." in ping.plain
    assert "Without an answer by 13 January 2027 at 1pm it goes up to Nadia Rahman." in ping.plain
    go_to(office, 13, 13)
    (second,) = [m for m in pinged(nadia, DECEMBER) if "WP-NE" in m.plain]
    assert "13 January 2027 at 9am: Amira Shah was asked" in second.plain.replace("*", "")
    assert "Now with Nadia Rahman" in said(amira)
    go_to(office, 13, 19)
    go_to(office, 14, 8)
    assert "WP-NE" not in said(helen), "nothing climbs at night"
    nadia.click(second, "Acknowledge")
    office.deliver()
    assert "Acknowledged by Nadia Rahman on 14 January 2027 at 8am" in notice(office, DECEMBER).plain.replace("*", "")
    assert "It should be settled by 21 January 2027." in said(amira)
    office.person(PRIYA).command("/progress report WP-NE starts=98 outcomes=96", channel="C0WPNENG")
    amira.command("/progress report WP-NE starts=98 outcomes=96", channel=NORTH_EAST)
    go_to(office, 14, 10)
    for person, count in ((amira, 1), (nadia, 1), (helen, 0)):
        messages = person.direct_messages()
        closing = [m for m in messages if "You have nothing more to do" in m.plain and "WP-NE" in m.plain]
        assert len(closing) == count
        assert all(m.thread_ts not in (None, m.ts) for m in closing), "it is said in the thread of what was asked"
    assert "the report came in on 14 January 2027" in notice(office, DECEMBER).plain
    assert not offers(notice(office, DECEMBER), "escalation_take_over")


def test_what_was_acknowledged_and_is_not_settled_by_its_day_goes_on(office: Office) -> None:
    ping, helen = raised(office), office.person(HELEN)
    helen.click(ping, "Acknowledge")
    office.deliver()
    go_to(office, 11, 16)
    assert len(pinged(helen, "Advisers leaving")) == 0
    go_to(office, 12)
    (again,) = pinged(helen, "Advisers leaving")
    assert "4 January 2027 at 9am: Helen Marsh acknowledged it, to be settled by 11 January 2027" in again.plain
    assert "It is still not settled." in again.plain, "the repeat says what was promised and by whom"
    assert "You are the last person to be asked." in again.plain


def test_somebody_on_the_ladder_takes_over_from_the_channel_and_has_it_from_then_on(office: Office) -> None:
    ping, helen, nadia = raised(office), office.person(HELEN), office.person(NADIA)
    nadia.click(notice(office), "Take over")
    helen.click(ping, "Acknowledge")
    assert is_told(helen, "Nadia Rahman took this over on 4 January 2027 at 9am")
    office.deliver()
    assert "Taken over by Nadia Rahman on 4 January 2027 at 9am" in said(helen)
    assert "Taken over by Nadia Rahman" in said(nadia), "they have a message of their own"
    assert of_wp_ne(office).due_at == london_instant(date(2027, 1, 12), 9)
    go_to(office, 12)
    assert len(pinged(helen, "Advisers leaving")) == 1, "nothing came of it: it goes up from where they stand"
    office.person(AMIRA).command("/risk close R-17 The pay rise was agreed", channel=NORTH_EAST)
    office.deliver()
    for person in (helen, nadia):
        assert sum("You have nothing more to do" in m.plain for m in person.direct_messages()) == 1


def test_a_plan_is_asked_for_by_a_day_and_is_somebodys_action(office: Office) -> None:
    ping, helen, amira = raised(office), office.person(HELEN), office.person(AMIRA)
    helen.click(ping, "escalation_more", "Ask for a plan by…")
    form = helen.modal(title="Ask for a plan")
    assert form.values["who"]["entered"] == AMIRA, "the contract's manager, unless another is chosen"
    refused = helen.submit(form, {"until": "2027-01-04"})
    assert "Choose a day from tomorrow" in refused.errors["until"]
    done = helen.submit(form, {"until": "2027-01-15"})
    assert "Until that day it counts as acknowledged." in words(done.view)
    office.deliver()
    (item,) = office.read(lambda s: s.scalars(select(ActionItem)).all())
    assert (item.what, str(item.due_on)) == (
        "Plan for what was escalated: Advisers leaving faster than hired",
        "2027-01-15",
    )
    assert "Helen Marsh asks you for a plan by 15 January 2027" in said(amira)
    assert f"Plan requested by Helen Marsh on 4 January 2027 at 9am\n{item.reference} for Amira Shah" in said(helen)
    assert of_wp_ne(office).due_at == london_instant(date(2027, 1, 18), 9)
    amira.command(f"/action due {item.reference} 22 January", channel=NORTH_EAST)
    office.deliver()
    told = [m for m in helen.direct_messages() if f"moved action {item.reference}" in m.text]
    assert [m.text for m in told] == [
        f"Amira Shah moved action {item.reference} on WP-NE to 22 January 2027: {item.what}"
    ]
    assert "You asked for it by 15 January 2027." in told[0].plain
    helen.command(f"/action due {item.reference} 20 January", channel=NORTH_EAST)
    office.deliver()
    assert sum("moved action" in m.text for m in helen.direct_messages()) == 1, "nobody is told of their own act"


def test_a_pause_has_its_reason_and_its_day_and_then_the_time_runs_on(office: Office) -> None:
    ping, helen = raised(office), office.person(HELEN)
    helen.click(ping, "escalation_more", "Pause until…")
    form = helen.modal(title="Pause it")
    refused = helen.submit(form, {"until": "2027-01-08", "reason": "About AB123456C"})
    assert "National Insurance number" in refused.errors["reason"]
    assert "at most 31 days ahead" in helen.submit(form, {"until": "2027-03-08", "reason": "Board"}).errors["until"]
    done = helen.submit(form, {"until": "2027-01-08", "reason": "The board meets on Thursday"})
    assert "use the buttons in your message" in words(done.view)
    helen.close(helen.modal())
    office.deliver()
    assert "Helen Marsh paused it until 8 January 2027: The board meets on Thursday" in notice(office).plain
    (entry,) = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "escalation paused").order_by(col(TrailEntry.id))
        ).all()
    )
    assert (entry.actor, entry.why) == (HELEN, "The board meets on Thursday")
    due_at, one_o_clock = of_wp_ne(office).due_at, london_instant(date(2027, 1, 8), 13)
    assert due_at is not None
    assert timedelta(0) <= one_o_clock - due_at < timedelta(seconds=5), "what was left of four hours, from that morning"
    go_to(office, 8, 10)
    (paused,) = pinged(helen, "Advisers leaving")
    helen.click(paused, "Acknowledge")
    office.deliver()
    assert "Acknowledged by Helen Marsh on 8 January 2027" in said(helen)


def acknowledge(helen: Person, ping: Message) -> Callable[[], object]:
    return lambda: helen.click(ping, "Acknowledge")


def reassign(helen: Person, ping: Message) -> Callable[[], object]:
    helen.click(ping, "Reassign…")
    form = helen.modal(title="Reassign it")
    return lambda: helen.submit(form, {"who": AMIRA})


def settle(helen: Person, ping: Message) -> Callable[[], object]:
    helen.click(ping, "Settled because…")
    form = helen.modal(title="Settle it")
    return lambda: helen.submit(form, {"reason": "The board has decided to live with it"})


def ask_for_a_plan(helen: Person, ping: Message) -> Callable[[], object]:
    helen.click(ping, "escalation_more", "Ask for a plan by…")
    form = helen.modal(title="Ask for a plan")
    return lambda: helen.submit(form, {"until": "2027-01-15"})


def pause(helen: Person, ping: Message) -> Callable[[], object]:
    helen.click(ping, "escalation_more", "Pause until…")
    form = helen.modal(title="Pause it")
    return lambda: helen.submit(form, {"until": "2027-01-08", "reason": "The board meets"})


@pytest.mark.parametrize(
    ("answer", "did"),
    [
        (acknowledge, "Helen Marsh acknowledged this"),
        (reassign, "Helen Marsh gave this to Amira Shah"),
        (settle, "has been settled meanwhile"),
        (ask_for_a_plan, "Helen Marsh asked for a plan of this"),
        (pause, "Helen Marsh paused this"),
    ],
)
def test_of_two_who_answer_at_the_same_time_one_wins_and_the_other_is_told_who(
    office: Office, answer: Callable[[Person, Message], Callable[[], object]], did: str
) -> None:
    ping, helen, nadia = raised(office), office.person(HELEN), office.person(NADIA)
    shown, answers = notice(office), answer(helen, ping)
    with ThreadPoolExecutor(2) as pool:
        mine, hers = pool.submit(answers), pool.submit(nadia.click, shown, "Take over")
        outcome = mine.result()
        hers.result()
    office.drain()
    assert of_wp_ne(office).steps == 2, "one of them counts"
    winner = office.read(
        lambda s: s.scalars(select(EscalationStep).order_by(col(EscalationStep.number).desc())).first()
    )
    assert winner is not None
    if winner.kind is not Step.TOOK_OVER:
        assert is_told(nadia, did, NORTH_EAST)
    elif isinstance(outcome, Submission):
        assert "Nadia Rahman took this over" in " ".join(outcome.errors.values())
    else:
        assert is_told(helen, "Nadia Rahman took this over")


@pytest.mark.parametrize("answer", [ask_for_a_plan, pause])
def test_a_form_that_was_open_while_somebody_answered_says_who_it_was(
    office: Office, answer: Callable[[Person, Message], Callable[[], object]]
) -> None:
    ping, helen = raised(office), office.person(HELEN)
    sends = answer(helen, ping)
    office.person(NADIA).click(notice(office), "Take over")
    office.drain()
    sent = sends()
    assert isinstance(sent, Submission)
    assert "Nadia Rahman took this over on 4 January 2027 at 9am" in " ".join(sent.errors.values())
    assert of_wp_ne(office).steps == 2


def test_of_who_is_gone_the_deputy_is_asked(office: Office, control: Control) -> None:
    control.deactivate(HELEN)
    control.wait("user_change", 1)
    amira, joseph = office.person(AMIRA), office.person(JOSEPH)
    amira.command(LINE, channel=NORTH_EAST)
    office.deliver()
    run(office)
    (ping,) = pinged(joseph, "Advisers leaving")
    joseph.click(ping, "Acknowledge")
    office.deliver()
    assert "Acknowledged by Joseph Adeyemi" in notice(office).plain.replace("*", "")
    office.run("mend")
    assert "did not arrive" not in said(amira)


def test_an_archived_channel_stops_no_ladder_and_is_told_to_the_manager(office: Office, control: Control) -> None:
    control.archive(NORTH_EAST)
    amira, helen = office.person(AMIRA), office.person(HELEN)
    amira.command(LINE, channel=PORTFOLIO)
    office.deliver()
    run(office)
    assert len(pinged(helen, "Advisers leaving")) == 1
    for _ in range(2):
        office.run("mend")
        office.deliver()
    assert said(amira).count("because the channel is archived") == 1, "it is told once"
    helen.click(helen.direct_messages()[0], "Acknowledge")
    office.deliver()
    assert "Acknowledged by Helen Marsh" in said(helen)


def test_what_the_department_owes_waits_on_the_managers_page_and_is_settled_when_it_is_met(office: Office) -> None:
    with office.liaison.database.writing() as session:
        contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        owed = Milestone(
            contract_id=contract.id,
            name="List of offices",
            kind=MilestoneKind.DELIVERABLE,
            owed_by=Party.DEPARTMENT,
            due_on=date(2027, 1, 4),
        )
        session.add(owed)
        session.flush()
        key = owed.id
    go_to(office, 5)
    amira = office.person(AMIRA)
    assert "The department owed it by 4 January 2027, and it was not done 1 working day later." in said(amira)
    amira.open_home()
    home = amira.wait(lambda someone: someone.home())
    assert "Acknowledge: List of offices" in words(home)
    amira.click(home, "Acknowledge")
    office.deliver()
    assert "Acknowledged by Amira Shah on 5 January 2027" in said(amira)
    office.clock.advance(timedelta(seconds=2))
    office.run("homes")
    waiting = words(amira.home()).split("Your contracts")[0]
    assert "acknowledge it: List of offices" not in waiting
    assert "*WP-NE* List of offices" in waiting, "until it is met"
    with office.liaison.database.writing() as session:
        session.get_one(Milestone, key).met_on = date(2027, 1, 5)
    go_to(office, 5, 11)
    assert "Over: it was met on 5 January 2027" in said(amira)


def test_a_rating_of_inadequate_goes_to_the_head_once_the_report_is_accepted(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    office.run("prompt")
    amira.command("/progress report WP-NE starts=50 outcomes=96", channel=NORTH_EAST)
    office.deliver()
    run(office)
    assert "rated Inadequate" not in said(nadia), "it counts when it is accepted"
    (came,) = [m for m in amira.messages(NORTH_EAST) if "Accept" in str(m.elements()) and "December 2026" in m.plain]
    amira.click(came, "Accept")
    office.deliver()
    run(office)
    (ping,) = pinged(nadia, "Ratings in the report for December 2026")
    assert "Starts within 15 working days is rated Inadequate: 50% against 99%." in ping.plain


def test_a_query_without_an_answer_goes_up_and_is_settled_by_the_answer(office: Office) -> None:
    amira = office.person(AMIRA)
    office.run("prompt")
    amira.command("/progress report WP-NE starts=99 outcomes=100", channel=NORTH_EAST)
    office.deliver()
    (came,) = [m for m in amira.messages(NORTH_EAST) if "Query" in str(m.elements()) and "December 2026" in m.plain]
    amira.click(came, "Query")
    amira.submit(amira.modal(), {"query": "How many started in the last week?"})
    amira.close(amira.modal())
    office.deliver()
    go_to(office, 8)
    assert "has no answer" not in said(amira)
    go_to(office, 11)
    assert "It was asked on 4 January 2027, and had no answer 5 working days later." in said(amira)
    office.person(PRIYA).say("hello", channel="C0WPNENG")
    amira.command("/progress report WP-NE starts=99 outcomes=99", channel=NORTH_EAST)
    go_to(office, 11, 10)
    assert "Over: the query is answered" in said(amira)


@pytest.mark.parametrize(("user", "home"), [(CALLUM, "T0DEPT"), (RHIAN, "T0DEPT"), (PRIYA, "T0NORTHGATE")])
def test_who_has_no_part_in_it_is_refused_and_that_is_audited(http_office: Office, user: str, home: str) -> None:
    raised(http_office)
    seen = of_wp_ne(http_office).version
    answers = ("acknowledge", "take_over", "plan", "more", "reassign", "settle", "undo", "chase")
    for answer in answers:
        value = f"{seen} pause" if answer == "more" else seen
        pressed = {"action_id": f"escalation_{answer}", "block_id": "escalation", "value": value}
        click = {"type": "block_actions", "trigger_id": f"9.{answer}", "team": {"id": "T0DEPT"}, "actions": [pressed]}
        http_office.post({"payload": json.dumps({**click, "user": {"id": user, "team_id": home}})})
    refused = select(col(TrailEntry.actor)).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
    assert http_office.read(lambda s: list(s.scalars(refused))) == [user] * len(answers)
    assert of_wp_ne(http_office).version == seen
