"""Certificates: the department says what a partner must hold, the partner gives the evidence, the department checks it,
and nobody else gets at any of it."""

import json

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Certificate, CertificateEvidence, CertificateState, EvidenceFile, FormDraft
from tests.acceptance.office import AMIRA, NORTH_EAST, PRIYA, Office, finish, words
from tests.acceptance.test_drafts import turned
from tests.builders import contract_named
from workspace.client.control import Control
from workspace.client.person import Json, Message, Modal, Person

SEUN = "U0SEUN"  # of another partner
INDEMNITY = "Professional indemnity insurance"
PDF = b"%PDF-1.7\nA policy of insurance"
NEXT = {"body": "Tyne Mutual", "number": "PI-77", "valid_from": "2027-01-01", "valid_to": "2027-12-31"}


def held(session: Session) -> Certificate:
    return session.scalars(select(Certificate).where(col(Certificate.name) == INDEMNITY)).one()


def given(session: Session) -> list[CertificateEvidence]:
    return list(session.scalars(select(CertificateEvidence).order_by(col(CertificateEvidence.id))))


def add(office: Office) -> Person:
    amira = office.person(AMIRA)
    amira.command("/policy certificate WP-NE add", channel=NORTH_EAST)
    form = amira.modal(title="New certificate")
    asked = {"name": INDEMNITY, "kind": "insurance", "required_cover": "£2 million", "needed_by": "2027-01-18"}
    saved = amira.submit(form, asked).view
    assert "Evidence is awaited by 18 January 2027" in words(saved)
    return amira


def evidence_form(office: Office, priya: Person) -> Modal:
    """The form, from the partner's reminder."""
    assert office.run("remind") > 0
    priya.click(last_message(office, priya, INDEMNITY), "Answer")
    form = priya.submit(priya.modal(title="Answer a reminder"), {"answer": "Do it now"}).view
    assert form is not None
    return form


def last_message(office: Office, person: Person, words_in_it: str) -> Message:
    office.deliver()
    found: Message = person.wait(
        lambda p: next((m for m in reversed(p.direct_messages()) if words_in_it in m.plain), None)
    )
    return found


def sent_with(office: Office, priya: Person, form: Modal, file: Json) -> Message:
    """What the partner is told of a file after its form was accepted."""
    accepted = priya.submit(form, {**NEXT, "cover": "2000000", "file": [str(file["id"])]})
    assert "Liaison is fetching your file" in words(accepted.view)
    office.drain()
    return last_message(office, priya, "Your evidence is")


def opened_again(priya: Person, refused: Message) -> Modal:
    """The form again, as it was filled in before its file was refused."""
    priya.close(priya.modal())
    priya.click(refused, "Give the evidence again")
    priya.click(priya.modal(), "Continue")
    form = turned(priya, "Give evidence")
    assert NEXT["number"] in str(form.values)
    return form


def test_a_file_that_takes_longer_than_slack_waits_is_fetched_all_the_same(office: Office) -> None:
    add(office)
    priya = office.person(PRIYA)
    form = evidence_form(office, priya)
    with Control(office.workspace_url) as control:
        control.fault("slow", "files.info", seconds=3.5)
        assert "Your evidence is sent." in sent_with(office, priya, form, priya.upload("policy.pdf", PDF)).plain
    assert [each.file_size for each in office.read(given)] == [len(PDF)]


def test_a_file_that_slack_does_not_hand_over_is_asked_for_again(office: Office) -> None:
    """What was entered waits as a draft, and is sent with a link in place of the file."""
    add(office)
    priya = office.person(PRIYA)
    form = evidence_form(office, priya)
    with Control(office.workspace_url) as control:
        control.fault("server_error", "files.info", times=None)
        refused = sent_with(office, priya, form, priya.upload("policy.pdf", PDF))
        control.clear()
    assert "Slack did not answer in time, so nothing was done." in refused.plain
    assert office.read(given) == []
    linked = priya.submit(opened_again(priya, refused), {"link": "https://files.example/policy"}).view
    assert "Amira Shah checks it." in words(linked)
    assert [(each.number, each.link) for each in office.read(given)] == [("PI-77", "https://files.example/policy")]


def test_evidence_is_given_refused_given_again_and_verified(office: Office) -> None:
    amira, priya = add(office), office.person(PRIYA)
    form = evidence_form(office, priya)
    assert "Required cover: at least £2 million" in words(form)
    assert priya.submit(form, {**NEXT, "cover": "1000000", "link": "https://files.example/1"}).errors == {
        "cover": "It covers £1 million, and at least £2 million is required. Correct one of them."
    }
    assert priya.submit(form, {**NEXT, "cover": "2000000", "link": ""}).errors == {
        "link": "Attach the document, or give a link to it."
    }
    refused = sent_with(office, priya, form, priya.upload("policy.pdf", b"MZ a program"))
    assert "“policy.pdf” has the name of a PDF file, but not the content, so nothing was sent." in refused.plain
    form = opened_again(priya, refused)
    refused = sent_with(office, priya, form, priya.upload("policy.pdf", b"%PDF-" + b"0" * 10_000_000))
    assert "larger than 10 MB" in refused.plain
    assert office.read(held).state is CertificateState.AWAITED
    form = opened_again(priya, refused)
    sent = sent_with(office, priya, form, priya.upload("policy.pdf", PDF))
    assert "Your evidence is sent." in sent.plain
    assert "Amira Shah checks it." in sent.plain
    assert office.read(lambda s: s.scalars(select(FormDraft)).all()) == [], "what is sent is no draft any more"
    (row,) = office.read(given)
    assert (row.file_name, row.file_type, row.file_size) == ("policy.pdf", "application/pdf", len(PDF))
    assert office.read(lambda s: s.get_one(EvidenceFile, row.id).content) == PDF

    told = last_message(office, amira, "Given by Priya Nair")
    amira.click(told, "Get the file")
    shared = amira.wait(lambda p: next((m for m in p.direct_messages() if m.files), None))
    assert [each["name"] for each in shared.files] == ["policy.pdf"]
    amira.click(told, "Check the evidence")
    check = amira.modal(title="Check evidence")
    assert "reason" in amira.submit(check, {"event": "refused"}).errors
    done = amira.submit(check, {"event": "refused", "reason": "It does not name the department"}).view
    assert "Priya Nair is told why, and asked again." in words(done)

    again = last_message(office, priya, "It does not name the department")
    priya.click(again, "Give the evidence")
    linked = {**NEXT, "cover": "2500000", "link": "https://files.example/policy"}
    assert priya.submit(priya.modal(title="Give evidence"), linked).view is not None
    told = last_message(office, amira, "cover £2.5 million")
    amira.click(told, "Check the evidence")
    assert "Verified" in words(amira.submit(amira.modal(title="Check evidence"), {"event": "verified"}).view)
    assert "Nothing more is needed" in last_message(office, priya, "verified the evidence").plain
    (page,) = amira.command("/policy certificate WP-NE", channel=NORTH_EAST)
    assert "Verified on 4 January 2027: 1 January 2027 to 31 December 2027" in page.plain
    (history,) = amira.command("/contract history WP-NE", channel=NORTH_EAST)
    assert "Valid to: from nothing to 31 December 2027" in history.plain


def test_another_partners_person_gets_at_no_certificate_and_no_file(office: Office) -> None:
    add(office)
    priya = office.person(PRIYA)
    file = priya.upload("policy.pdf", PDF)
    sent_with(office, priya, evidence_form(office, priya), file)
    (row,) = office.read(given)
    certificate, contract = office.read(held), office.read(lambda s: contract_named(s, "WP-NE"))
    seun = office.person(SEUN)
    keys = {
        "certificate_give": certificate.public_id,
        "certificate_check": certificate.public_id,
        "certificate_edit": certificate.public_id,
        "certificate_add": contract.public_id,
        "certificates_open": "WP-NE",
        "certificate_file": row.public_id,
    }
    with Control(office.workspace_url) as control:
        for action, key in keys.items():
            answer = office.post({"payload": json.dumps(clicked(SEUN, "T0MERIDIAN", action, key))})
            assert answer.status_code == 200
        control.settle()
    office.drain()
    assert not any(message.files for message in seun.direct_messages())
    stolen = {**NEXT, "cover": "2000000", "file": [str(file["id"])]}
    assert office.read(lambda s: len(given(s))) == 1, stolen
    assert finish(office.liaison.jobs.slack.channel(seun.direct_channel)).is_direct


def clicked(user: str, team: str, action: str, value: str) -> dict[str, object]:
    """A button that nobody gave this person."""
    return {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "team_id": team},
        "trigger_id": f"forged.{action}",
        "container": {"type": "message", "channel_id": "D0"},
        "response_url": "http://127.0.0.1:9/",
        "actions": [{"type": "button", "action_id": action, "value": value, "block_id": "forged"}],
    }
