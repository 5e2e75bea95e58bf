"""A quarter of WP-NE, from a shortfall to its cure, as its people live it: job outcomes fall, the head asks for a plan
and leads the contract at level 3, the partner keeps its steps, and three good months end both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.domain.london import london_instant
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, words
from tests.acceptance.reporting import in_channel, send
from workspace import Person
from workspace.client.person import Message

NADIA = "U0NADIA"  # head of contract management
JOBS = ("prompt", "recur", "remind", "escalate")
TITLE = "Bring job outcomes back"
PLAN = {
    "default": "Job outcomes were at 80% of their profile in December",
    "containment": "Two employer advisers were lent by the south team",
    "root_cause": "Both employer posts have been empty since September",
    "effect": "38 people wait for a first interview with an employer",
    "steps": "Priya Nair: fill both posts by 29 January 2027\nPriya Nair: hold two job fairs by 26 February 2027",
    "prevention": "Posts are advertised before people leave",
}
LEVEL_3 = {
    "area": "Job outcomes against profile",
    "reason": "Outcomes were Inadequate in December 2026",
    "exit_test": "3 good months in a row",
}


@dataclass(frozen=True)
class Moment:
    """Something that people see: who sees it, where, and words of it."""

    name: str
    who: str
    channel: str
    says: str


def from_shortfall_to_cure(office: Office) -> Iterator[Moment]:
    """Play the quarter, and stop at each moment. AssertionError where people see something else."""
    amira, nadia, priya = (office.person(user) for user in (AMIRA, NADIA, PRIYA))
    report(office, 1, 6, "December 2026", outcomes="80")
    go_to(office, 1, 7)
    ping = direct(nadia, "is rated Inadequate")
    yield Moment("1-escalated", NADIA, nadia.direct_channel, "is rated Inadequate")
    ask_for_plan(office, nadia, ping)
    asked = in_channel(priya, NORTH_EAST_SHARED, "The plan is due by")
    yield Moment("2-plan-asked-for", PRIYA, NORTH_EAST_SHARED, "The plan is due by")
    enter_level_3(office, nadia)
    send_plan(office, priya, asked)
    yield Moment("3-plan-to-decide", AMIRA, amira.direct_channel, PLAN["root_cause"])
    accept_plan(office, amira)
    yield from quarter_of_plan(office)
    end_both(office, amira, nadia)
    yield Moment("7-cured", AMIRA, NORTH_EAST, "Cured on 6 April 2027")


def go_to(office: Office, month: int, day: int) -> None:
    """A morning, with what the jobs find and send then."""
    office.clock.move_to(london_instant(date(2027, month, day), 9))
    for job in JOBS:
        office.run(job)
        office.deliver()


def report(office: Office, month: int, day: int, of: str, outcomes: str) -> None:
    """The partner answers the prompt for a month, and the contract manager accepts."""
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    go_to(office, month, day)
    priya.click(in_channel(priya, NORTH_EAST_SHARED, f"Report for {of}"), "Report the figures")
    send(priya, "99.2", outcomes)
    office.deliver()
    amira.click(in_channel(amira, NORTH_EAST, f"Report for {of}"), "Accept")
    office.drain()


def direct(person: Person, said: str) -> Message:
    """The last direct message with these words."""
    return [each for each in person.direct_messages() if said in each.plain][-1]


def ask_for_plan(office: Office, nadia: Person, ping: Message) -> None:
    nadia.click(ping, "Request a plan")
    form = nadia.modal(title="What falls short")
    assert "is rated Inadequate" in words(form), "it begins with the facts"
    done = nadia.submit(form, {"title": TITLE, "tell": "tell"}).view
    assert "Next comes the plan, by 21 January 2027." in words(done)
    office.deliver()


def enter_level_3(office: Office, nadia: Person) -> None:
    nadia.command("/remedy level WP-NE 3", channel=NORTH_EAST)
    assert nadia.submit(nadia.modal(title="Intervention, level 3"), LEVEL_3).view is not None
    office.deliver()


def send_plan(office: Office, priya: Person, asked: Message) -> None:
    go_to(office, 1, 13)
    priya.click(asked, "Send the plan")
    assert "Amira Shah decides on it." in words(priya.submit(priya.modal(title="Rectification plan"), PLAN).view)
    office.deliver()


def accept_plan(office: Office, amira: Person) -> None:
    amira.click(direct(amira, PLAN["root_cause"]), "Decide on it")
    done = amira.submit(amira.modal(title="Update a plan"), {"event": "accepted", "tell": "tell"}).view
    assert "steps of the plan became actions" in words(done)
    office.deliver()


def keep_step(office: Office, what: str) -> None:
    """The partner says in the reminder that a step is done, and the manager confirms it."""
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    priya.click(direct(priya, what), "Answer")
    form = priya.submit(priya.modal(title="Answer a reminder"), {"answer": "It is done"}).view
    assert form is not None
    assert "The contract manager will confirm it." in words(form)
    office.deliver()
    amira.click(direct(amira, what), "Confirm that it is done")
    office.drain()
    office.deliver()


def quarter_of_plan(office: Office) -> Iterator[Moment]:
    """The partner keeps each step, and the months get better: each accepted figure counts by itself."""
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    go_to(office, 1, 27)
    yield Moment("4-step-is-due", PRIYA, priya.direct_channel, "fill both posts")
    keep_step(office, "fill both posts")
    report(office, 2, 3, "January 2027", outcomes="101")
    amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    yield Moment("5-one-good-period", AMIRA, NORTH_EAST, "1 of 3 good periods")
    go_to(office, 2, 24)
    keep_step(office, "hold two job fairs")
    report(office, 3, 3, "February 2027", outcomes="103")
    report(office, 4, 6, "March 2027", outcomes="102")
    amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    yield Moment("6-three-good-periods", AMIRA, NORTH_EAST, "Declare it cured?")


def end_both(office: Office, amira: Person, nadia: Person) -> None:
    """The manager declares the plan cured, and the head leaves the level."""
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    amira.click(listed, "Update the plan")
    cured = {
        "event": "declared cured",
        "reason": "Three good months in a row, and both posts are filled",
        "tell": "tell",
    }
    assert "is cured" in words(amira.submit(amira.modal(title="Update a plan"), cured).view)
    (listed,) = nadia.command("/remedy list WP-NE", channel=NORTH_EAST)
    nadia.click(listed, "Review the intervention")
    left = {"event": "left", "words": "Three good months in a row", "on": "2027-04-06"}
    assert "It was left on 6 April 2027." in words(nadia.submit(nadia.modal(title="Review"), left).view)
    office.deliver()
    amira.command("/remedy list WP-NE", channel=NORTH_EAST)
