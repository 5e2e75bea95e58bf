"""A quarter passes: a memo is asked for, asked about, acknowledged, and escalated where it is not; an option is
reminded of, escalated, and taken."""

from datetime import date
from pathlib import Path

from bot.domain.london import london_instant
from bot.services.portfolio.applying import apply
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.unit_of_work import UnitOfWork
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, TOMASZ, Office, words
from workspace import Person
from workspace.client.person import Message

JOBS = ("documents", "remind", "escalate", "documents")
MEMO, OPTION = "Revised guidance on checking job outcomes", "extension of 12 months"
HEADER = "contract,number,subject,sent,acknowledge_by,acknowledged"
ALSO_FOR_CALDERWICK = f"{HEADER}\nSE-CW,3,{MEMO},2026-12-10,2026-12-17,\n"


def go_to(office: Office, month: int, day: int, hour: int = 9) -> None:
    """An hour of a day, with what the jobs find then."""
    office.clock.move_to(london_instant(date(2027, month, day), hour))
    for job in JOBS:
        office.run(job)
        office.deliver()


def about(person: Person, words: str) -> list[Message]:
    """What somebody was sent about something."""
    return [each for each in person.direct_messages() if words in each.plain]


def import_memo(office: Office, folder: Path) -> None:
    """The same memo went to a second partner."""
    (folder / "memos.csv").write_text(ALSO_FOR_CALDERWICK)
    with office.liaison.database.writing() as session:
        jobs = office.liaison.jobs
        work = UnitOfWork(session, office.clock.now(), jobs.calendar, jobs.messages, "import")
        apply(work, plan(work, read(folder / "memos.csv")))


def test_a_memo_is_asked_about_acknowledged_and_escalated_and_an_option_is_taken(
    office: Office, tmp_path: Path
) -> None:
    import_memo(office, tmp_path)
    go_to(office, 1, 4)
    ask_and_answer(office)
    go_to(office, 1, 11)
    amira, helen = office.person(AMIRA), office.person(HELEN)
    (escalated,) = about(amira, "Not acknowledged by the partner")
    assert "SE-CW" in escalated.plain
    assert "WP-NE" not in escalated.plain, "it was acknowledged"
    assert "was not asked until 4 January 2027, and was not 5 working days later." in escalated.plain
    for day, hour in ((11, 13), (12, 9), (12, 13), (13, 9)):
        go_to(office, 1, day, hour)
    assert "SE-CW" in about(helen, "Not acknowledged by the partner")[-1].plain
    take_the_option(office)


def ask_and_answer(office: Office) -> None:
    """One partner asks, is answered, and acknowledges; the other is reminded, and says nothing."""
    amira, priya, tomasz = office.person(AMIRA), office.person(PRIYA), office.person(TOMASZ)
    (memo,) = about(priya, MEMO)
    assert memo.text.startswith(f"Change memo 3: {MEMO}")
    priya.click(memo, "Ask a question")
    priya.submit(priya.modal(title="Ask a question"), {"question": "Does it hold for starts of December?"})
    go_to(office, 1, 6)
    assert len(about(tomasz, MEMO)) == 2, "two working days after it was asked for"
    assert len(about(priya, MEMO)) == 1, "nobody is reminded of what waits for the other side"
    (question,) = [each for each in amira.messages(NORTH_EAST_SHARED) if "starts of December?" in each.plain]
    amira.click(question, "Answer")
    amira.submit(amira.modal(title="Answer a question"), {"answer": "From January on"})
    go_to(office, 1, 7)
    (memo,) = [each for each in about(priya, MEMO) if each.ts == memo.ts]
    assert "From January on" in memo.plain
    priya.click(memo, "Acknowledge")
    go_to(office, 1, 8)
    (memo,) = [each for each in about(priya, MEMO) if each.ts == memo.ts]
    assert "Acknowledged by Priya Nair, Northgate Futures Ltd, 7 January 2027" in memo.plain


def take_the_option(office: Office) -> None:
    """It is reminded of and escalated before its last day, and taken on it."""
    amira, helen = office.person(AMIRA), office.person(HELEN)
    go_to(office, 1, 18)
    assert f"Decide: {OPTION}\nDE-SW, due 1 February 2027" in about(amira, OPTION)[-1].plain
    go_to(office, 1, 18, 13)
    escalated = about(helen, OPTION)[-1]
    assert "It is to be decided by 1 February 2027, and no decision is recorded" in escalated.plain
    go_to(office, 2, 1)
    helen.click(escalated, "Decide")
    form = {"decision": "taken", "reason": "The service is needed for another year"}
    done = helen.submit(helen.modal(title="Decide on an option"), form)
    assert "is taken" in words(done.view), done.errors
    go_to(office, 2, 2)
    (ended,) = [each for each in about(helen, OPTION) if each.ts == escalated.ts]
    assert "Over: " in ended.plain, ended.plain
    (page,) = amira.command("/contract show DE-SW", channel=PORTFOLIO)
    assert "31 July 2028" in page.plain
    (history,) = amira.command("/contract history DE-SW", channel=PORTFOLIO)
    assert "Helen Marsh: option taken" in history.plain
