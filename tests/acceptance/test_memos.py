"""A memo from its first word to the last answer, as the manager who writes it and the partner who gets it read it."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import DocumentRecipient
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, TOMASZ, Office, words
from workspace import Control, Person
from workspace.client.person import Message, Modal

ROW = "Chapter 4 | 4.2 | A start is recorded within 2 working days | 3.1"
ENTRY = {
    "subject": "How starts are recorded",
    "changes": f"The guidance changes.\n{ROW}",
    "action": "Tell your advisers",
    "effective_on": "2027-02-01",
}
MOST_INPUTS, CLICKS_TO_ISSUE = 8, 2


def told(office: Office, *, minutes: int = 0) -> None:
    """What is to be told goes out."""
    office.clock.advance(timedelta(minutes=minutes))
    while office.run("documents"):
        pass
    office.deliver()


def last(messages: list[Message], subject: str = ENTRY["subject"]) -> Message:
    return [each for each in messages if subject in each.text][-1]


def answered(office: Office, person: Person, message: Message, label: str) -> str:
    """What a person is told when they press a button of a message."""
    person.click(message, label)
    office.drain()
    return person.messages(message.channel)[-1].plain


def issue(office: Office, amira: Person) -> Modal:
    """Write the memo, look at it as the partner will see it, and issue it: the window that says so."""
    amira.command("/memo new WP-NE", channel=NORTH_EAST)
    form = amira.modal(title="New change memo")
    assert sum(block["type"] == "input" for block in form.blocks) <= MOST_INPUTS
    wrong = amira.submit(form, {**ENTRY, "changes": "Chapter 4 | 4.2 | A start"})
    assert "Line 1, “Chapter 4 | 4.2 | A start”, has 3 parts." in wrong.errors["changes"]
    past = amira.submit(form, {**ENTRY, "effective_on": "2027-01-03"})
    assert past.errors["effective_on"].startswith("3 January 2027 is in the past.")
    clicks = 0
    preview = amira.submit(form, ENTRY).view
    clicks += 1
    assert "1 person* will get this message, for 1 contract: WP-NE" in words(preview)
    assert preview is not None
    done = amira.submit(preview).view
    clicks += 1
    assert clicks == CLICKS_TO_ISSUE
    assert done is not None
    told(office)
    return done


def recipient(office: Office) -> DocumentRecipient:
    rows = select(DocumentRecipient).order_by(col(DocumentRecipient.id).desc())
    return office.read(lambda session: session.scalars(rows.limit(1)).one())


def test_a_memo_is_written_read_acknowledged_with_one_click_and_counted(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    assert "How starts are recorded* is issued to 1 person" in words(issue(office, amira))
    memo = last(priya.direct_messages())
    assert memo.text == "Change memo 4: How starts are recorded. Acknowledge by 11 January 2027"
    assert "A start is recorded within 2 working days" in memo.plain
    assert recipient(office).asked_on == date(2027, 1, 4), "lateness counts from when it reached somebody"
    count = last(amira.messages(NORTH_EAST))
    assert count.text == "0 of 1 has acknowledged Change memo 4: How starts are recorded"
    assert "• WP-NE, Northgate Futures Ltd: due 11 January 2027" in answered(office, amira, count, "Who has not")
    assert answered(office, priya, memo, "Acknowledge") == "Change memo 4 is acknowledged for WP-NE.", "with one click"
    priya.click(memo, "Passed on to our subcontractors")
    told(office, minutes=1)
    memo = last(priya.direct_messages())
    counted = next(each for each in amira.messages(NORTH_EAST) if each.ts == count.ts)
    assert (
        "Acknowledged by Priya Nair, Northgate Futures Ltd, 4 January 2027. Passed on to subcontractors" in memo.plain
    )
    assert counted.text.startswith("1 of 1 has acknowledged Change memo 4")
    (page,) = amira.command("/memo show 4", channel=NORTH_EAST)
    assert "The text that partners acknowledge has the SHA-256" in page.plain
    (listed,) = amira.command("/memo", channel=NORTH_EAST)
    assert "Change memo 3" in listed.plain
    assert "Change memo 4" not in listed.plain
    (history,) = amira.command("/contract history WP-NE", channel=NORTH_EAST)
    assert "Priya Nair: memo acknowledged, WP-NE, Change memo 4" in history.plain


def test_a_memo_whose_day_had_gone_before_anybody_was_asked_says_so(office: Office) -> None:
    """The sample's memo came with a file, and was due before Liaison could ask for it."""
    told(office)
    memo = last(office.person(PRIYA).direct_messages(), "Change memo 3")
    assert memo.text.endswith(". Acknowledge now: it was due by 17 December 2026")
    assert "*Acknowledge now: it was due by 17 December 2026.*" in str(memo.blocks)
    assert answered(office, office.person(PRIYA), memo, "Acknowledge").startswith("Change memo 3 is acknowledged")
    told(office, minutes=1)
    assert "Acknowledge now" not in last(office.person(PRIYA).direct_messages(), "Change memo 3").plain


def test_a_question_and_an_exception_come_back_to_who_asked(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    issue(office, amira)
    memo = last(priya.direct_messages())
    priya.click(memo, "Ask a question")
    done = priya.submit(priya.modal(title="Ask a question"), {"question": "Does it hold for January?"}).view
    assert "Your question is with Amira Shah." in words(done)
    office.deliver()
    asked = last(amira.messages(NORTH_EAST_SHARED))
    assert "Does it hold for January?" in asked.plain
    amira.click(asked, "Answer")
    amira.submit(amira.modal(title="Answer a question"), {"answer": "From February on"})
    priya.click(memo, "Ask for an exception")
    priya.submit(
        priya.modal(title="Ask for an exception"), {"reason": "Our system changes in March", "until": "2027-03-31"}
    )
    told(office)
    request = last(amira.direct_messages())
    amira.click(request, "Decide")
    amira.submit(amira.modal(title="Decide on an exception"), {"decision": "granted"})
    told(office)
    said = "\n".join(each.plain for each in priya.direct_messages())
    assert "Amira Shah answered: From February on" in said.replace("*", "")
    assert "is granted until 31 March 2027" in said
    assert "Exception granted until 31 March 2027 by Amira Shah" in said


def test_a_correction_replaces_a_memo_and_a_withdrawal_is_told(office: Office) -> None:
    amira, priya, tomasz = office.person(AMIRA), office.person(PRIYA), office.person(TOMASZ)
    issue(office, amira)
    first = last(priya.direct_messages())
    amira.command("/memo correct 4", channel=NORTH_EAST)
    form = amira.modal(title="Edit change memo")
    preview = amira.submit(form, {"subject": "How starts are counted"}).view
    assert preview is not None
    amira.submit(preview)
    told(office)
    over = next(each for each in priya.direct_messages() if each.ts == first.ts)
    assert "Replaced by a later version on 4 January 2027. Answer that one" in over.plain
    second = last(priya.direct_messages(), "How starts are counted")
    assert second.text.startswith("Change memo 4, version 2: How starts are counted")
    (done,) = amira.command("/memo withdraw 4 it was sent by mistake", channel=NORTH_EAST)
    assert done.plain == "Change memo 4, version 2 is withdrawn. Everybody who was told hears of it."
    refused = answered(office, priya, second, "Acknowledge")
    assert "Change memo 4 was withdrawn on 4 January 2027, so nobody needs to answer it." in refused
    told(office)
    assert "is withdrawn: it was sent by mistake" in last(priya.direct_messages(), "How starts are counted").text
    assert [each.text for each in tomasz.direct_messages() if "Change memo 4" in each.text] == []


def test_what_is_written_freely_in_the_threads_of_a_memo_is_a_question_and_its_answer(office: Office) -> None:
    """The partner asks below the memo in their direct messages, the manager answers below the question."""
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    issue(office, amira)
    memo = last(priya.direct_messages())

    def wrote(person: Person, below: Message, text: str) -> str:
        """What somebody alone is told of what they wrote in a thread."""
        person.say(text, channel=below.channel, thread=below.ts)
        with Control(office.workspace_url) as control:
            control.settle()
        office.drain()
        said = [each.plain for each in person.messages(below.channel) if each.by_app][-1]
        told(office)
        return said

    said = wrote(priya, memo, "Does it hold for January?")
    assert said.startswith("Saved as a question about Change memo 4. It is with Amira Shah")
    asked = last(amira.messages(NORTH_EAST_SHARED))
    assert "Does it hold for January?" in asked.plain
    assert wrote(amira, asked, "From February on").startswith("Saved as the answer about Change memo 4")
    below = [each.plain for each in priya.direct_messages() if each.thread_ts == memo.ts and each.by_app]
    assert below[-1].replace("*", "").startswith("Amira Shah answered: From February on")
    assert wrote(priya, asked, "And for Wales?").startswith("Saved as a question about Change memo 4")
    again = last(amira.messages(NORTH_EAST_SHARED))
    assert again.thread_ts == asked.ts
    assert "And for Wales?" in again.plain
    refused = wrote(office.person("U0LIAM"), asked, "Yes")
    assert "nothing" in refused.lower(), "who is no contact on the contract is told that it is not kept"
    assert wrote(amira, asked, "In all nations").startswith("Saved as the answer")
    shown = next(each for each in priya.direct_messages() if each.ts == memo.ts)
    assert "Amira Shah answered: In all nations" in shown.plain
