"""A report that is sent, and the messages and forms in which people see it."""

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Report, TrailEntry
from tests.acceptance.office import (
    AMIRA,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    words,
)
from tests.builders import contract_named
from workspace import Person
from workspace.client.person import Message, Modal

NADIA = "U0NADIA"  # the head of contract management


ASKED = "Why did starts fall & when are both posts filled?"


def reported(office: Office, starts: str = "97.2", outcomes: str = "88") -> Message:
    """Priya answers the prompt for December; what the internal channel is told."""
    priya = office.person(PRIYA)
    office.run("prompt")
    office.deliver()
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026"), "Report the figures")
    send(priya, starts, outcomes)
    office.deliver()
    return notice(office)


def opened(person: Person) -> Modal:
    """The report's form, when it has taken the place of what was open before."""
    person.wait(lambda each: any("kpi_" in block.get("block_id", "") for block in each.modal().blocks))
    return person.modal()


def send(person: Person, starts: str, outcomes: str, narrative: str = "") -> str:
    form = opened(person)
    first, second = (each["block_id"] for each in form.blocks if each.get("block_id", "").startswith("kpi_"))
    sent = person.submit(form, {first: starts, second: outcomes, "narrative": narrative})
    return " ".join(sent.errors.values()) or words(sent.view)


def in_channel(person: Person, channel: str, said: str) -> Message:
    return [message for message in person.messages(channel) if said in message.plain][-1]


def notice(office: Office, user: str = AMIRA) -> Message:
    return in_channel(office.person(user), NORTH_EAST, "Report for December 2026")


def pressed(office: Office, user: str, message: Message, label: str) -> str:
    """What somebody is told of a button that they press; nothing if it only does what it says."""
    person = office.person(user)
    person.click(message, label)
    office.drain()
    said = [each for each in person.messages(message.channel) if each.ephemeral]
    return said[-1].plain if said else ""


def card(office: Office, user: str) -> Message:
    """What only they see of the report, as it stood when they looked."""
    (answer,) = office.person(user).command("/progress show WP-NE", channel=PORTFOLIO)
    return answer


def asks(office: Office, message: Message, asked: str = ASKED) -> str:
    amira = office.person(AMIRA)
    amira.click(message, "Query")
    said = words(amira.submit(amira.modal(), {"query": asked}).view)
    office.deliver()
    return said


def december(session: Session) -> Report:
    wanted = (col(Report.contract_id) == contract_named(session, "WP-NE").id, col(Report.period) == "2026-12")
    return session.scalars(select(Report).where(*wanted)).one()


def entries(office: Office, action: str) -> list[TrailEntry]:
    return office.read(
        lambda s: list(
            s.scalars(select(TrailEntry).where(col(TrailEntry.action) == action).order_by(col(TrailEntry.id)))
        )
    )
