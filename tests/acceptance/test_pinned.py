"""The pinned message of a shared channel: the home of a partner's people, who have no commands and no App Home."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contact, MadeBy, MoreTime, OutboxMessage, OutboxState
from tests.acceptance.office import AMIRA, MARTHA, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office, words
from workspace import Control
from workspace.client.person import Message


def run(office: Office) -> None:
    office.run("pinned")
    office.deliver()
    office.run("pinned")


def pinned(office: Office, user: str = PRIYA) -> Message:
    """The one message in the channel that is pinned there."""
    pins = {pin.ts for pin in office.workspace.store.conversations[NORTH_EAST_SHARED].pins}
    (found,) = [each for each in office.person(user).messages(NORTH_EAST_SHARED) if each.ts in pins]
    return found


def posted(office: Office) -> int:
    """How many messages everybody in the channel sees."""
    return sum(not each.ephemeral for each in office.person(PRIYA).messages(NORTH_EAST_SHARED))


def heard(office: Office, user: str, of: str) -> Message:
    office.settle()
    office.deliver()
    return [each for each in office.person(user).direct_messages() if of in each.plain][-1]


def test_a_partner_finds_what_is_open_pinned_and_answers_there(office: Office) -> None:
    office.run("prompt")
    run(office)
    priya = office.person(PRIYA)
    message = pinned(office)
    for part in (
        "What is open on WP-NE",
        "Due from Northgate Futures Ltd",
        "Report for December 2026",
        "Please acknowledge",
        "Change memo 3",
        "Ratings in the last accepted report, ",
    ):
        assert part in message.plain
    before = posted(office)

    priya.click(message, "Tell us something")
    form = priya.modal(title="Tell us something")
    assert priya.submit(form, {"about": "The hub moves", "words": "From 1 March", "link": "somewhere"}).errors
    told = priya.submit(priya.modal(), {"words": "From 1 March, two streets away", "link": ""})
    assert "Amira Shah was told" in words(told.view)
    assert "Priya Nair of Northgate Futures Ltd tells you" in heard(office, AMIRA, "The hub moves").plain
    contact = office.read(lambda s: s.scalars(select(Contact).order_by(col(Contact.id).desc()).limit(1)).one())
    assert (contact.made_by, contact.purpose) == (MadeBy.PARTNERS, "The hub moves")

    priya.click(message, "Ask for more time")
    form = priya.modal(title="Ask for more time")
    assert "Report for December 2026" in str(form.view)
    chosen = next(o["value"] for o in form.field("what")[1]["options"] if "Report for December" in str(o))
    assert priya.submit(form, {"what": chosen, "until": "2027-01-05", "why": "Late data"}).errors
    asked = priya.submit(priya.modal(), {"what": chosen, "until": "2027-01-13", "why": "The data comes a week late"})
    assert "13 January 2027 instead of 6 January 2027" in words(asked.view)
    assert office.read(lambda s: s.scalars(select(MoreTime)).one()).until.isoformat() == "2027-01-13"
    run(office)
    assert "More time for Report for December 2026: to be agreed or refused" in pinned(office).plain
    amira = office.person(AMIRA)
    amira.click(heard(office, AMIRA, "asks for more time"), "Agree")
    office.drain()

    priya.click(pinned(office), "Acknowledge")
    office.drain()
    run(office)
    assert "Change memo 3" not in pinned(office).plain, "one click, and it is told no more"

    priya.click(pinned(office), "Report the figures")
    form = priya.modal(title="Report: December 2026")
    kpi = next(block["block_id"] for block in form.blocks if block.get("block_id", "").startswith("kpi_"))
    priya.submit(form, {kpi: "98", "narrative": "One adviser was away"})
    run(office)
    now = pinned(office)
    assert now.ts == message.ts
    assert "Report for December 2026: to be accepted or queried" in now.plain
    assert posted(office) == before, "one message, changed in place"


def test_it_stands_where_slack_does_not_pin_it_and_comes_back_if_it_is_deleted(office: Office) -> None:
    control = Control(office.workspace_url)
    control.fault("ratelimited", "pins.add", times=None, seconds=30)
    run(office)
    channel = office.workspace.store.conversations[NORTH_EAST_SHARED]
    assert channel.pins == []
    said = [each for each in office.person(PRIYA).messages(NORTH_EAST_SHARED) if "What is open" in each.plain]
    assert len(said) == 1
    control.clear()
    office.clock.advance(timedelta(minutes=2))
    run(office)
    first = pinned(office)
    amira = office.person(AMIRA)
    assert "pins" not in amira.command("/liaison health", channel=PORTFOLIO)[0].plain
    office.run("pinned")
    office.tell(
        "Ev0GONE", type="message", subtype="message_deleted", channel=NORTH_EAST_SHARED, deleted_ts=first.ts, ts="1.1"
    )
    run(office)
    assert pinned_keys(office) == 2
    amira.command("/contract channel none", channel=NORTH_EAST_SHARED)
    run(office)
    assert "no longer listed here" in str(office.person(PRIYA).messages(NORTH_EAST_SHARED)[-1].plain)
    control.leave()


def pinned_keys(office: Office) -> int:
    """How often it was posted."""
    statement = select(OutboxMessage).where(
        col(OutboxMessage.channel) == NORTH_EAST_SHARED,
        col(OutboxMessage.template) == "partners/pinned",
        col(OutboxMessage.replaces_id).is_(None),
        col(OutboxMessage.state) == OutboxState.SENT,
    )
    return len(office.read(lambda s: s.scalars(statement).all()))


def test_who_mentions_or_writes_to_liaison_gets_what_is_open_for_them(office: Office) -> None:
    office.run("prompt")
    office.deliver()
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    mention = f"@{office.workspace.store.bot.name}"

    def answered(user: str, channel: str, text: str) -> Message:
        person = office.person(user)
        person.say(f"{mention} {text}".strip(), channel=channel)
        found: Message = person.wait(lambda p: next((m for m in p.messages(channel) if m.ephemeral), None))
        return found

    mine = answered(PRIYA, NORTH_EAST_SHARED, "what do we owe?")
    assert "Due from Northgate Futures Ltd" in mine.plain
    assert not any(each.ephemeral for each in amira.messages(NORTH_EAST_SHARED)), "only who asks sees it"
    assert "Waiting for you" in answered(AMIRA, NORTH_EAST_SHARED, "").plain

    priya.say("hello", channel=priya.direct_channel)
    assert heard(office, PRIYA, "Due from Northgate Futures Ltd")
    amira.say("hello", channel=amira.direct_channel)
    assert heard(office, AMIRA, "Waiting for you")
    martha = office.person(MARTHA)
    martha.say("hello", channel=martha.direct_channel)
    assert martha.wait(lambda p: [m for m in p.direct_messages() if "It does not know you yet" in m.plain])

    prompt = next(m for m in priya.messages(NORTH_EAST_SHARED) if "Report for December 2026" in m.plain and m.by_app)
    count = len([m for m in priya.messages(NORTH_EAST_SHARED) if m.ephemeral])
    priya.say(f"{mention} starts 97.2, outcomes 88", channel=NORTH_EAST_SHARED, thread=prompt.ts)
    office.settle()
    office.deliver()
    assert any("97.2" in m.plain and m.by_app for m in priya.messages(NORTH_EAST_SHARED))
    assert len([m for m in priya.messages(NORTH_EAST_SHARED) if m.ephemeral]) == count, "a reply is for the report"
