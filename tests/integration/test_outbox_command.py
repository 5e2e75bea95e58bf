"""`liaison outbox`: what waits or did not leave is seen, tried again or given up, and the audit says why."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.db import Database
from bot.delivery import outbox, outbox_queue
from bot.errors import UserError
from bot.models import OutboxMessage, OutboxState, TrailEntry
from tests.builders import MONDAY, draft, leased, rows
from tests.conftest import Templates


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A dead message that may have been sent, a withheld one, one that waits, one under way and one that was sent."""
    with templates.lent(request.param, portfolio=False) as url:
        database = Database(url)
        with database.writing() as session:
            for key in ("dead", "withheld", "sending", "sent"):
                outbox.enqueue(session, draft(key, f"C{key.upper()}"), MONDAY)
                session.flush()
            claimed = {row.key: row for row in leased(session, MONDAY)}
            claimed["dead"].in_doubt = True
            outbox_queue.settle_dead(session, claimed["dead"], "is_archived", MONDAY)
            outbox_queue.settle_withheld(
                session, claimed["withheld"], MONDAY, "another organisation is in that channel"
            )
            outbox_queue.settle_sent(session, claimed["sent"], "CSENT", "1.2", MONDAY)
            outbox.enqueue(session, draft("pending", "CPENDING"), MONDAY)
        database.close()
        yield url


def ran(url: str, *arguments: str) -> str:
    """What the command prints, or the sentence with which it is refused."""
    done = CliRunner().invoke(cli, ["outbox", *arguments], env={"DATABASE_URL": url})
    if isinstance(done.exception, UserError):
        return done.exception.sentence
    assert done.exit_code == 0, done.output
    return done.stdout


def state(url: str, key: str) -> OutboxMessage:
    database = Database(url)
    found = next(row for row in rows(database, OutboxMessage) if row.key == key)
    database.close()
    return found


def audited(url: str) -> list[TrailEntry]:
    database = Database(url)
    found = rows(database, TrailEntry)
    database.close()
    return found


def test_what_waits_or_did_not_leave_is_listed_and_shown(url: str) -> None:
    listed = ran(url, "list")
    assert listed.startswith("4 messages:")
    assert [word for word in ("Pending (1)", "Sending (1)", "Dead (1)", "Withheld (1)", "Sent") if word in listed] == [
        "Pending (1)",
        "Sending (1)",
        "Dead (1)",
        "Withheld (1)",
    ]
    row = state(url, "dead")
    assert f"CDEAD  dead\n      because {row.why}\n      is_archived" in listed
    only = ran(url, "list", "--state", "withheld")
    assert "another organisation is in that channel" in only
    assert "CDEAD" not in only
    assert ran(url, "list", "--state", "dropped") == "There are no such messages.\n"
    refused = CliRunner().invoke(cli, ["outbox", "list", "--state", "lost"], env={"DATABASE_URL": url})
    assert refused.exit_code == 2
    assert f"There is no state 'lost'. The states are {', '.join(OutboxState)}." in refused.stderr
    shown = ran(url, "show", str(row.id))
    assert shown == ran(url, "show", "dead")
    for line in ("State: dead, after 1 try, may have been sent", "Reason: is_archived", f"Text: {row.text}"):
        assert line in shown.splitlines()
    assert "Enqueued: 4 January 2027 at 9am" in shown


def test_a_dead_message_is_tried_again_and_looked_for_where_it_may_have_been_sent(url: str) -> None:
    assert "It may have been sent before: it is looked for" in ran(url, "retry", "dead")
    assert "It may have been sent before" not in ran(url, "retry", "withheld")
    database = Database(url)
    with database.writing() as session:
        later = state(url, "dead").next_try_at
        claimed = {row.key: row for row in leased(session, later + timedelta(seconds=30))}
    database.close()
    assert {"dead", "withheld"} <= set(claimed)
    assert (claimed["dead"].in_doubt, claimed["dead"].attempts) == (True, 1)
    first, second = audited(url)
    assert (first.actor, first.action, first.subject) == ("outbox", "message retried", "dead")
    assert first.details == {"was": "dead", "reason": "is_archived"}
    assert second.details["was"] == "withheld"


def test_dead_messages_are_tried_again_together(url: str) -> None:
    for nothing in (["--channel", "COTHER"], ["--since", "2027-01-05"]):
        assert ran(url, "retry", *nothing) == "There are no such dead messages.\n"
        assert state(url, "dead").state is OutboxState.DEAD
    assert audited(url) == []
    for chosen in (
        ["--all-dead"],
        ["--channel", "CDEAD"],
        ["--since", "2027-01-04"],
        ["--channel", "CDEAD", "--all-dead"],
    ):
        assert ran(url, "retry", *chosen) == "1 message will be tried again with the next deliveries.\n"
        again = state(url, "dead")
        assert (again.state, again.attempts, again.settled_at) == (OutboxState.FAILED, 0, None)
        assert again.wanted_at == again.next_try_at != MONDAY
        database = Database(url)
        with database.writing() as session:
            row = session.get_one(OutboxMessage, again.id)
            row.state, row.settled_at, row.told_at = OutboxState.DEAD, MONDAY, MONDAY
        database.close()
    assert state(url, "withheld").state is OutboxState.WITHHELD
    assert [(entry.action, entry.subject) for entry in audited(url)] == [("message retried", "dead")] * 4


@pytest.mark.parametrize("arguments", [[], ["dead", "--all-dead"], ["dead", "--channel", "CDEAD"], ["--since", "soon"]])
def test_a_retry_is_of_one_message_or_of_dead_ones_together(url: str, arguments: list[str]) -> None:
    refused = CliRunner().invoke(cli, ["outbox", "retry", *arguments], env={"DATABASE_URL": url})
    assert refused.exit_code == 2
    assert state(url, "dead").state is OutboxState.DEAD


def test_a_message_is_dropped_for_a_reason_and_lets_the_next_go(url: str) -> None:
    assert ran(url, "drop", "dead", "--why", "the channel is closed for good").endswith("will not be sent.\n")
    assert "was dropped and will not be sent" in ran(url, "drop", "pending", "--why", "it is out of date")
    dropped = state(url, "dead")
    assert (dropped.state, dropped.last_error) == (OutboxState.DROPPED, "dropped: the channel is closed for good")
    assert [(entry.action, entry.why) for entry in audited(url)] == [
        ("message dropped", "the channel is closed for good"),
        ("message dropped", "it is out of date"),
    ]
    assert "CDEAD" not in ran(url, "list")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "999"], "There is no message '999' in the outbox. List them with: liaison outbox list"),
        (["retry", "pending"], "is pending, so it was not retried: only dead and withheld ones are."),
        (["drop", "sent", "--why", "x"], "was sent, so it was not dropped."),
        (
            ["drop", "sending", "--why", "x"],
            "is being sent at this moment, so it was not dropped. Try again in a minute.",
        ),
        (["drop", "dead", "--why", " "], "reason"),
    ],
)
def test_what_cannot_be_is_answered_in_a_sentence_and_changes_nothing(
    url: str, arguments: list[str], sentence: str
) -> None:
    assert sentence in ran(url, *arguments)
    assert audited(url) == []
