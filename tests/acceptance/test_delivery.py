"""Once and only once: repeated deliveries, a worker that died, and channels that change."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
from sqlalchemy import func, select
from sqlmodel import col

from bot.delivery import outbox, outbox_queue
from bot.models import Audience, OutboxMessage, OutboxState, Receipt, Risk, TrailEntry
from jobs import deliver
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PORTFOLIO, PRIYA, Office, finish
from tests.builders import leased
from workspace import Control

SENDERS = ((AMIRA, "T0DEPT"), (PRIYA, "T0NORTHGATE"), (AMIRA, "T0DEPT"))
LINE = 'raise WP-NE "Advisers leaving faster than hired" likely major'


def test_a_repeated_delivery_gets_the_first_answer_again_and_makes_no_second_record(http_office: Office) -> None:
    first, again = (http_office.post(_command("1.1")) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert http_office.read(lambda s: s.scalar(select(func.count()).where(col(Risk.title).like("%hired")))) == 1
    assert http_office.read(lambda s: s.scalars(select(col(Receipt.key))).all()) == ["command 1.1"]


def test_a_forms_first_answer_is_for_who_sent_it_alone(http_office: Office) -> None:
    amira, priya, again = (http_office.post(_form(user, home)) for user, home in SENDERS)
    assert "Advisers leaving" in amira.text
    assert "Advisers leaving" not in priya.text
    assert again.text == amira.text
    assert http_office.read(lambda s: s.scalar(select(func.count()).where(col(Risk.title).like("%hired")))) == 1


def test_deliveries_at_the_same_instant_make_one_record(http_office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers: list[httpx.Response] = list(pool.map(lambda _: http_office.post(_command("1.1")), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert http_office.read(lambda s: s.scalar(select(func.count()).where(col(Risk.title).like("%hired")))) == 1


def test_what_a_dead_worker_had_sent_is_found_and_not_sent_again(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    _die_after_sending(office)
    office.clock.advance(outbox_queue.LEASE + timedelta(seconds=1))
    office.deliver()
    assert len(office.person(HELEN).direct_messages()) == 1
    assert sum("Very high risk" in m.plain for m in office.person(AMIRA).messages(NORTH_EAST) if not m.ephemeral) == 1
    assert office.read(lambda s: {row.state for row in s.scalars(select(OutboxMessage))}) == {OutboxState.SENT}


def test_what_a_dead_worker_had_answered_in_a_thread_is_found_there_and_not_said_again(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    office.deliver()
    notice = _notice(office)
    _answer_in_thread(office, notice.key)
    _die_after_sending(office)
    office.clock.advance(outbox_queue.LEASE + timedelta(seconds=1))
    office.deliver()
    answers = [
        m for m in office.person(AMIRA).messages(NORTH_EAST) if m.thread_ts == notice.slack_ts and m.ts != m.thread_ts
    ]
    assert [m.plain for m in answers] == ["It was talked over on Friday."]


def test_nothing_is_said_in_the_thread_of_what_never_came_to_stand(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    with Control(office.workspace_url) as control:
        control.archive(NORTH_EAST)
    _answer_in_thread(office, _notice(office).key)
    office.deliver()
    answer = office.read(lambda s: s.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == "answer")).one())
    assert (answer.state, answer.last_error) == (
        OutboxState.DEAD,
        "the message that this one updates or answers was never sent",
    )


def test_what_a_dead_worker_had_not_sent_is_sent(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    with office.liaison.database.writing() as session:
        assert len(leased(session, office.clock.now())) == 2
    assert office.run("deliver") == 0, "leased"
    office.clock.advance(outbox_queue.LEASE + timedelta(seconds=1))
    office.deliver()
    assert len(office.person(HELEN).direct_messages()) == 1


def test_jobs_that_run_again_post_nothing_again(office: Office) -> None:
    for _ in range(3):
        office.run("summary")
        office.run("prompt")
        office.deliver()
    amira = office.person(AMIRA)
    assert sum("Weekly performance summary" in m.plain for m in amira.messages(PORTFOLIO)) == 1
    assert sum("Report for December 2026" in m.plain for m in amira.messages("C0WPNENG")) == 1


def test_every_message_says_why_it_is_sent_in_a_dry_run_that_changes_nothing(office: Office) -> None:
    before = office.read(lambda s: s.scalar(select(func.count(col(TrailEntry.id)))))
    planned = office.plan("prompt")
    assert {"C0WPNENG", "C0SECWCC"} <= {one.channel for one in planned}
    assert all(one.text and one.why for one in planned)
    assert office.read(lambda s: s.scalars(select(OutboxMessage)).all()) == []
    assert office.read(lambda s: s.scalar(select(func.count(col(TrailEntry.id))))) == before
    assert office.run("prompt") == len(planned)


def test_internal_words_are_withheld_from_a_channel_that_became_shared(office: Office) -> None:
    """The register says that the shared channel is internal: as if it had been shared after it was bound."""
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    with office.liaison.database.writing() as session:
        notice = session.scalars(select(OutboxMessage).where(col(OutboxMessage.channel) == NORTH_EAST)).one()
        notice.channel = "C0WPNENG"
    office.deliver()
    state = office.read(
        lambda s: s.scalars(select(OutboxMessage).where(col(OutboxMessage.channel) == "C0WPNENG")).one().state
    )
    assert state is OutboxState.WITHHELD
    amira = office.person(AMIRA)
    assert not any("Very high risk" in m.plain for m in amira.messages("C0WPNENG"))
    office.run("mend")
    office.deliver()
    assert any("This did not arrive" in m.plain for m in amira.direct_messages())


def test_a_message_that_cannot_be_sent_for_want_of_an_invitation_waits_and_then_goes(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    with office.liaison.database.writing() as session:
        notice = session.scalars(select(OutboxMessage).where(col(OutboxMessage.channel) == NORTH_EAST)).one()
        # A channel that the bot is not in, and a message that no partner has to read.
        notice.channel, notice.audience, notice.contract_id = "C0GENERAL", Audience.SHARED, None
    office.deliver()
    state = _notice(office)
    assert (state.state, state.last_error, state.attempts) == (OutboxState.FAILED, "not_in_channel", 0)
    with office.liaison.database.writing() as session:
        session.get_one(OutboxMessage, state.id).channel = NORTH_EAST
    office.clock.advance(deliver.SET_UP_WAIT)
    office.deliver()
    assert _notice(office).state is OutboxState.SENT


def test_a_message_that_breaks_the_sending_holds_up_no_other_and_ends_dead(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    with Control(office.workspace_url) as control:
        control.archive(NORTH_EAST)
    office.deliver()
    assert _notice(office).state is OutboxState.DEAD
    assert len(office.person(HELEN).direct_messages()) == 1


def _notice(office: Office) -> OutboxMessage:
    return office.read(lambda s: s.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("%-notice"))).one())


def _answer_in_thread(office: Office, parent: str) -> None:
    with office.liaison.database.writing() as session:
        message = office.liaison.router.messages.message("common/sentence", sentence="It was talked over on Friday.")
        assert outbox.reply(session, parent, "answer", message, "the test asks for it", office.clock.now())


def _die_after_sending(office: Office) -> None:
    """Claim and send as a worker does, and end before anything is settled."""

    async def send() -> None:
        rows = await office.liaison.database.write(lambda s: leased(s, office.clock.now()))
        for row in rows:
            await deliver.send(office.liaison.jobs, row, office.clock.now())

    finish(send())


def _command(trigger: str) -> dict[str, str]:
    return {
        "token": "unused",
        "team_id": "T0DEPT",
        "channel_id": NORTH_EAST,
        "channel_name": "privategroup",
        "user_id": AMIRA,
        "command": "/risk",
        "text": LINE,
        "response_url": "http://127.0.0.1/unused",
        "trigger_id": trigger,
        "api_app_id": "A0LIAISON",
    }


def _form(user: str, home: str) -> dict[str, str]:
    """The form of a risk, sent from one and the same view by whoever says so."""
    fields = {
        "contract": "WP-NE",
        "title": "Advisers leaving faster than hired",
        "category": "people",
        "audience": "internal",
    }
    fields |= {"likelihood": "likely", "impact": "major"}
    values = {block: {"entered": {"type": "plain_text_input", "value": value}} for block, value in fields.items()}
    view = {"type": "modal", "id": "V1", "callback_id": "risk_form", "state": {"values": values}}
    payload = {"type": "view_submission", "user": {"id": user, "team_id": home}, "view": view}
    return {"payload": json.dumps(payload)}
