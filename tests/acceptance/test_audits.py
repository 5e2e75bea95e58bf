"""Visits and audits, from both sides: planned and moved, held, what was found, checked by the partner and made final;
each finding agreed or disputed, its actions done and verified by the lead, and by nobody who owns one."""

import json
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import ActionItem, Audit, AuditState, Contract, Finding, FindingFile, FindingGrade, FindingState
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, words
from tests.acceptance.test_certificates import clicked, last_message
from workspace.client.person import Message, Modal, Person

NADIA, SEUN = "U0NADIA", "U0SEUN"  # the head of WP-NE, and somebody of another partner
PDF = b"%PDF-1.7\nA photograph"
PLAN = {"kind": "site visit", "day": "2027-01-20", "place": "Gateshead", "areas": "governance", "scope": "Case files",
        "team": "Rhian Davies", "notes": "They were late last year"}  # fmt: skip
DOORS = {"title": "Fire doors wedged open", "grade": "major", "clause": "7.3", "fact": "Both doors were wedged open."}
FILES = {"title": "Case files not signed", "grade": "minor", "clause": "9.1", "fact": "4 of 20 files are not signed."}
HELP = {"title": "People are welcomed well", "grade": "strength", "fact": "Everybody was seen within 5 minutes."}


PRIVATE = ("Fire doors", "Doors need work", "They were late")


def visit(session: Session) -> Audit:
    return session.scalars(select(Audit).where(col(Audit.name) == "Site visit, January 2027")).one()


def finding(session: Session, title: str = DOORS["title"]) -> Finding:
    rows = session.scalars(select(Finding).where(col(Finding.title) == title).order_by(col(Finding.id)))
    return list(rows)[-1]


def answered(person: Person, text: str, channel: str = NORTH_EAST) -> Message:
    (message,) = person.command(text, channel=channel)
    return message


def posted(office: Office, person: Person, text: str) -> Message:
    """The last message with these words in the shared channel, threads included."""
    office.deliver()
    found: Message = person.wait(
        lambda p: next((m for m in reversed(p.messages(NORTH_EAST_SHARED)) if text in m.plain), None)
    )
    return found


def planned(office: Office, *, tell: bool = True) -> Person:
    amira = office.person(AMIRA)
    amira.command("/audit plan", channel=NORTH_EAST)
    form = amira.modal(title="Plan a visit or audit")
    past = amira.submit(form, {**PLAN, "day": "2026-12-20"})
    assert past.errors == {"day": "A visit is planned for today or a later day. Choose another one."}
    done = amira.submit(form, {**PLAN, **({} if tell else {"tell": []})})
    expected = "is told that it takes place on 20 January 2027" if tell else "The partner is not told yet"
    assert expected in words(done.view), done.errors
    return amira


def reference(office: Office) -> str:
    return office.read(visit).reference


def next_step(amira: Person, office: Office, title: str = "Next step") -> Modal:
    amira.click(answered(amira, f"/audit show {reference(office)}"), "Next step")
    return amira.modal(title=title)


def held(office: Office) -> Person:
    amira = planned(office)
    done = amira.submit(next_step(amira, office), {"event": "held", "day": "2027-01-04"})
    assert "The draft report is due by 18 January 2027" in words(done.view), done.errors
    return amira


def recorded(office: Office) -> Person:
    """A visit with three findings, recorded in one sitting."""
    amira = held(office)
    amira.command(f"/audit finding {reference(office)}", channel=NORTH_EAST)
    file = amira.upload("doors.pdf", PDF)
    added = amira.submit(amira.modal(title="Add a finding"), {**DOORS, "file": [str(file["id"])]})
    for more in (FILES, HELP):
        assert added.view is not None, added.errors
        again = amira.submit(added.view).view
        assert again is not None
        added = amira.submit(again, more)
    assert "has 3 findings" in words(added.view), added.errors
    return amira


def sent(office: Office) -> Person:
    amira = recorded(office)
    form = next_step(amira, office, "Draft report")
    done = amira.submit(form, {"opinion": "limited", "summary": "Doors and files need work.", "send": ["send"]})
    assert "is asked to check the facts by 11 January 2027" in words(done.view), done.errors
    return amira


def final(office: Office) -> tuple[Person, Person]:
    """A report that is final after the partner's check, in which they commented on one finding."""
    amira, priya = sent(office), office.person(PRIYA)
    priya.click(posted(office, priya, "Draft report"), "Check the facts")
    check = priya.modal(title="Check the facts")
    comment = {office.read(lambda s: finding(s, FILES["title"])).public_id: "They are signed on paper"}
    assert "answers each comment" in words(priya.submit(check, comment).view)
    last = last_message(office, amira, "comments on 1 of 3 findings")
    amira.click(last, "Show the visit")
    form = next_step(amira, office, "Final report")
    assert "They are signed on paper" in words(form)
    assert amira.submit(form).errors.keys() == comment.keys()
    answer = {next(iter(comment)): "The paper files were not there"}
    assert "The report is final" in words(amira.submit(form, answer).view)
    return amira, priya


def agreed(office: Office) -> tuple[Person, Person]:
    amira, priya = final(office)
    priya.click(posted(office, priya, "Both doors were wedged open"), "Agree and say what you do")
    form = priya.modal(title="Respond to a finding")
    response = {"containment": "Wedges taken away", "root_cause": "No door holders", "steps": "fit door holders"}
    assert "does not say who is to do what by when" in priya.submit(form, response).errors["steps"]
    assert "containment" in priya.submit(form, {**response, "containment": " "}).errors
    response["steps"] = "Priya Nair: fit door holders by 15 January\nAmira Shah: tell the landlord by 13 January"
    assert "Amira Shah is told." in words(priya.submit(form, response).view)
    return amira, priya


def test_a_visit_is_planned_the_partner_asks_for_another_day_and_it_is_moved(office: Office) -> None:
    amira, priya = planned(office), office.person(PRIYA)
    told = posted(office, priya, "Site visit, January 2027")
    assert "They were late last year" not in told.plain
    priya.click(told, "Ask for another day")
    form = priya.modal(title="Ask for another day")
    assert priya.submit(form, {"day": "2026-12-01", "reason": "The office moves"}).errors == {
        "day": "Choose today or a later day."
    }
    assert "Amira Shah is asked" in words(priya.submit(form, {"day": "2027-01-27", "reason": "The office moves"}).view)
    assert "instead of 20 January 2027" in last_message(office, amira, "The office moves").plain
    moving = next_step(amira, office)
    assert amira.submit(moving, {"event": "moved to another day"}).errors == {"day": "Choose today or a later day."}
    assert "takes place on 27 January 2027" in words(
        amira.submit(moving, {"event": "moved to another day", "day": "2027-01-27"}).view
    )
    assert "27 January 2027" in posted(office, priya, "Gateshead").plain
    priya.click(posted(office, priya, "Gateshead"), "Show it")
    assert "They were late last year" in answered(amira, f"/audit show {reference(office)}").plain
    cancelled = next_step(amira, office)
    assert "reason" in amira.submit(cancelled, {"event": "cancelled"}).errors
    amira.submit(cancelled, {"event": "cancelled", "reason": "The contract ends"})
    assert "is cancelled" in posted(office, priya, "The contract ends").plain
    assert office.read(visit).state is AuditState.CANCELLED


def test_what_a_visit_found_is_the_departments_alone_until_the_draft_is_sent(office: Office) -> None:
    amira, priya = recorded(office), office.person(PRIYA)
    row = office.read(finding)
    assert office.read(lambda s: s.get_one(FindingFile, row.id).content) == PDF
    assert (row.grade, row.file_name, row.file_type) == (FindingGrade.MAJOR, "doors.pdf", "application/pdf")
    form = next_step(amira, office, "Draft report")
    kept = amira.submit(form, {"opinion": "limited", "summary": "Doors need work."}).view
    assert "The partner does not see it yet" in words(kept)
    told = posted(office, priya, "Site visit, January 2027")
    priya.click(told, "Show it")
    seen = priya.wait(
        lambda p: next((m for m in p.messages(NORTH_EAST_SHARED) if "Held on 4 January" in m.plain), None)
    )
    assert [each for each in PRIVATE if each in seen.plain] == []
    amira.click(answered(amira, f"/audit show {reference(office)}"), "Add a finding")
    twice = amira.submit(amira.modal(title="Add a finding"), DOORS)
    assert twice.errors == {"title": f"{reference(office)} has a finding of this name. Choose another name."}
    false = amira.upload("doors.pdf", b"MZ a program")
    wrong = amira.submit(amira.modal(title="Add a finding"), {**DOORS, "title": "More", "file": [str(false["id"])]})
    assert "has the name of a PDF file, but not the content" in wrong.errors["file"]
    page = answered(amira, f"/audit show {row.reference}")
    amira.click(page, "Get the file")
    assert amira.wait(lambda p: next((m for m in p.direct_messages() if m.files), None))
    amira.click(page, "Correct it")
    corrected = amira.submit(amira.modal(title="Correct a finding"), {"fact": "One door was wedged open."})
    assert "is corrected" in words(corrected.view), corrected.errors
    assert office.read(finding).fact == "One door was wedged open."


def say_done(person: Person, form: Modal) -> None:
    assert person.submit(form, {"on": "2027-02-01", "evidence": "A photograph"}).errors == {
        "on": "It was done today or earlier. Choose another day."
    }
    done = person.submit(form, {"on": "2027-01-04", "evidence": "A photograph"})
    assert "Close" in words(done.view), done.errors


def steps(session: Session) -> list[ActionItem]:
    rows = select(ActionItem).where(col(ActionItem.finding_id).is_not(None)).order_by(col(ActionItem.due_on))
    return list(session.scalars(rows))


def test_a_finding_is_agreed_done_verified_and_closed(office: Office) -> None:
    amira, priya = agreed(office)
    nadia = office.person(NADIA)
    ours, theirs = office.read(steps)
    number = office.read(finding).reference
    assert "verifies it: /audit verify" in answered(amira, f"/action done {theirs.reference}").plain
    amira.click(answered(amira, f"/audit show {number}"), "finding_done")
    say_done(amira, amira.modal(title="An action is done"))
    priya.click(posted(office, priya, "fit door holders"), "finding_done")
    say_done(priya, priya.modal(title="An action is done"))
    assert office.read(finding).state is FindingState.DONE
    amira.command(f"/audit verify {number}", channel=NORTH_EAST)
    form = amira.modal(title="Verify actions")
    assert "reason" in amira.submit(form, {"steps": [theirs.public_id], "event": "sent back"}).errors
    own = amira.submit(form, {"steps": [ours.public_id, theirs.public_id], "event": "verified"})
    assert len(own.errors) == 1
    assert "You do not verify what you do yourself" in own.errors["steps"]
    assert office.read(finding).state is FindingState.DONE
    why = "One door still has a wedge"
    back = amira.submit(form, {"steps": [theirs.public_id], "event": "sent back", "reason": why})
    assert "is not done yet" in words(back.view), back.errors
    assert why in posted(office, priya, "is not done yet").plain
    assert office.read(finding).state is FindingState.AGREED
    priya.click(posted(office, priya, "fit door holders"), "finding_done")
    say_done(priya, priya.modal(title="An action is done"))
    amira.click(answered(amira, f"/audit show {number}"), "Look at it")
    verified = amira.submit(amira.modal(title="Verify actions"), {"steps": [theirs.public_id], "event": "verified"})
    assert f"{theirs.reference} of {number} is verified by Amira Shah" in words(verified.view), verified.errors
    assert office.read(finding).state is FindingState.DONE, "her own action waits for somebody else"
    nadia.command(f"/audit verify {number}", channel=NORTH_EAST)
    closed = nadia.submit(nadia.modal(title="Verify actions"), {"steps": [ours.public_id], "event": "verified"})
    assert "The finding is closed." in words(closed.view), closed.errors
    amira.click(answered(amira, f"/audit show {number}"), "Reopen or withdraw")
    form = amira.modal(title="Decide on a finding")
    again = amira.submit(form, {"event": "reopened", "reason": "The doors are wedged again"})
    assert "is reopened" in words(again.view), again.errors
    assert "The doors are wedged again" in posted(office, priya, "is reopened").plain


def test_a_finding_is_disputed_upheld_withdrawn_and_reopened(office: Office) -> None:
    amira, priya = final(office)
    row = office.read(finding)
    priya.click(posted(office, priya, "Both doors were wedged open"), "Dispute it")
    form = priya.modal(title="Dispute a finding")
    assert "reason" in priya.submit(form, {"reason": " "}).errors
    assert "Amira Shah is told." in words(priya.submit(form, {"reason": "They were shut"}).view)
    amira.click(last_message(office, amira, "They were shut"), "Show the finding")
    amira.command(f"/audit verify {row.reference}", channel=NORTH_EAST)
    decide = amira.modal(title="Decide on a finding")
    assert "reason" in amira.submit(decide, {"event": "upheld", "reason": " "}).errors
    assert "is upheld" in words(amira.submit(decide, {"event": "upheld", "reason": "There is a photograph"}).view)
    assert "There is a photograph" in posted(office, priya, "is upheld").plain
    assert office.read(finding).state is FindingState.OPEN
    helped = office.read(lambda s: finding(s, FILES["title"]))
    amira.click(answered(amira, f"/audit show {helped.reference}"), "Reopen or withdraw")
    decide = amira.modal(title="Decide on a finding")
    gone = amira.submit(decide, {"event": "withdrawn", "reason": "They are signed on paper"})
    assert "is withdrawn" in words(gone.view), gone.errors
    priya.click(posted(office, priya, "is withdrawn"), "Show the finding")


def test_the_report_is_a_message_and_a_workbook_for_each_side(office: Office) -> None:
    amira, priya = final(office)
    for person, message in (
        (amira, answered(amira, f"/audit report {reference(office)}")),
        (priya, posted(office, priya, "Report: Site visit")),
    ):
        person.click(message, "Get it as a workbook")
        file = person.wait(lambda p: next((f for m in p.direct_messages() for f in m.files), None))
        assert file["name"] == f"WP-NE {reference(office)} report.xlsx"
    listed = answered(amira, "/audit list WP-NE")
    assert "3 findings, 2 open" in listed.plain
    amira.click(listed, "finding_show")
    assert "WP-NE" in answered(amira, "/audit").plain
    year = answered(amira, "/audit year")
    assert "Gold: every 6 months" in year.plain
    assert "WP-NE" in year.plain


def test_a_visit_that_is_due_stands_in_lists_is_reminded_of_and_is_planned_with_a_button(office: Office) -> None:
    amira = office.person(AMIRA)
    office.clock.move_to(datetime(2027, 6, 4, 9, tzinfo=UTC))  # 20 working days before 4 July, a Sunday
    assert "Plan the next visit" in answered(amira, "/contract show WP-NE").plain
    assert office.run("remind") > 0
    amira.click(last_message(office, amira, "Plan the next visit"), "Answer")
    form = amira.submit(amira.modal(title="Answer a reminder"), {"answer": "Do it now"}).view
    assert "Plan a visit or audit" in words(form)
    dates = answered(amira, "/contract dates WP-NE")
    assert "4 July 2027" in dates.plain
    amira.click(dates, "Plan a visit")
    done = amira.submit(amira.modal(title="Plan a visit or audit"), {**PLAN, "day": "2027-06-30"})
    assert "is told that it takes place on 30 June 2027" in words(done.view), done.errors
    assert "Plan the next visit" not in answered(amira, "/contract show WP-NE").plain


def test_the_partner_answers_from_a_reminder(office: Office) -> None:
    """A response that is due is reminded of, and its form opens from there."""
    _, priya = final(office)
    office.clock.move_to(datetime(2027, 1, 14, 9, tzinfo=UTC))
    assert office.run("remind") > 0
    priya.click(last_message(office, priya, "Respond to the major finding"), "Answer")
    form = priya.submit(priya.modal(title="Answer a reminder"), {"answer": "Do it now"}).view
    assert "Fire doors wedged open" in words(form)


def test_another_partners_person_gets_at_nothing(office: Office) -> None:
    final(office)
    row, seen = office.read(finding), office.read(visit)
    seun = office.person(SEUN)
    for action in ("audit_show", "audit_open", "audit_day", "audit_check", "audit_xlsx", "finding_add"):
        forged(office, action, seen.public_id)
    forged(office, "audit_new", office.read(lambda s: s.get_one(Contract, seen.contract_id)).public_id)
    for action in (
        *("finding_show", "finding_edit", "finding_file", "finding_respond", "finding_dispute", "finding_check"),
        *("finding_change", "finding_done"),
    ):
        forged(office, action, row.public_id)
    office.drain()
    assert seun.open_view() is None
    assert not any(message.files for message in seun.direct_messages())


def forged(office: Office, action: str, key: str) -> None:
    answer = office.post({"payload": json.dumps(clicked(SEUN, "T0MERIDIAN", action, key))})
    assert answer.status_code == 200
