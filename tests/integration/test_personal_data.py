"""`liaison person`: what is held of somebody is found in every table and text, handed out, and taken out of it."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col
from typer.testing import CliRunner, Result

from bot import person_command, slack_channels, slack_users
from bot.__main__ import cli
from bot.clock import MovableClock
from bot.db import Database, insert, table
from bot.delivery import outbox
from bot.models import (
    Contact,
    ContactChannel,
    Contract,
    EarlierAccount,
    LegalHold,
    MadeBy,
    OutboxMessage,
    OutboxState,
    Person,
    Receipt,
    Role,
    SlackUser,
    TrailEntry,
)
from tests.acceptance.markers import APPEND_ONLY, NO_WORDS, models, words_of
from tests.builders import MONDAY, draft, rows, work
from tests.integration.tampering import seal_all

PRIYA, EARLIER, NAMED = "U0PRIYA", "U0PRIYAOLD", "Priya Nair <@U0PRIYA>"
SEALED_AT = MONDAY + timedelta(days=2)
WHY = "She left, and asked for it"
HERS = re.compile("priya|nair|U0PRIYA|D0PRIYA", re.IGNORECASE)


def ran(url: str, *arguments: str) -> Result:
    """What the command does, or the sentence with which it is refused."""
    return CliRunner().invoke(cli, ["person", *arguments], env={"DATABASE_URL": url})


@pytest.fixture
def url(portfolio_url: str) -> str:
    """Priya is named in every text of the register, and has messages, an earlier account and entries in the trail."""
    database = Database(portfolio_url)
    with database.writing() as session:
        _name_everywhere(session)
        _add_what_is_hers(session)
    with database.writing() as session:
        seal_all(session, SEALED_AT)
    database.close()
    return portfolio_url


def _name_everywhere(session: Session) -> None:
    for model in models():
        columns = [each for each in words_of(model) if str(each) not in NO_WORDS]
        if model.__tablename__ in APPEND_ONLY or model is Person:
            continue
        for row in session.scalars(select(model)):
            for column in columns:
                if isinstance(said := getattr(row, column.name), str) and said:
                    setattr(row, column.name, f"{NAMED} {said}"[: getattr(column.type, "length", None)])
    person = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one()
    person.name = "Priya Nair"


def _add_what_is_hers(session: Session) -> None:
    person = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one()
    session.add(EarlierAccount(slack=EARLIER, person_id=person.id))
    slack_users.keep(
        session, [SlackUser(slack=PRIYA, name="priya nair", email="priya@northgate.example", seen_at=MONDAY)]
    )
    slack_channels.keep_direct(session, PRIYA, "D0PRIYA")
    outbox.enqueue(session, draft(f"reminder {PRIYA}", PRIYA), MONDAY)
    insert(session, Receipt, key=f"command {PRIYA} 1", answer={"text": "Thank you, Priya Nair."}, at=MONDAY)
    contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
    insert(
        session,
        Contact,
        contract_id=contract.id,
        channel=ContactChannel.PHONE,
        happened_on=MONDAY.date(),
        attendees="Priya Nair, O. Ther",
        summary="PRIYA  NAIR called",
        made_by=MadeBy.OURS,
        author_id=person.id,
        logged_at=MONDAY,
    )
    doing = work(session, MONDAY, by=PRIYA)
    for number in range(3):
        doing.record("contact logged", f"C-{number}", contract_id=contract.id, said="to Priya Nair")


def dumped(url: str) -> dict[str, list[str]]:
    """Each row of each table, as the database has it."""
    database = Database(url)
    with database.reading() as session:
        found = {
            str(model.__tablename__): [repr(tuple(row)) for row in session.execute(select(*table(model).columns))]
            for model in models()
        }
    database.close()
    return found


def leave(url: str) -> None:
    """She has no role any more."""
    database = Database(url)
    with database.writing() as session:
        person = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one()
        for role in session.scalars(select(Role).where(col(Role.person_id) == person.id)):
            session.delete(role)
        for role in session.scalars(select(Role).where(col(Role.deputy_id) == person.id)):
            role.deputy_id = None
    database.close()


def named(url: str) -> set[str]:
    return {name for name, found in dumped(url).items() if any(HERS.search(row) for row in found)}


def test_all_that_is_held_is_found_and_handed_out(url: str, tmp_path: Path) -> None:
    found = ran(url, "find", "priya nair")
    assert found.exit_code == 0, found.output
    lines = {" ".join(line.split()) for line in found.output.splitlines()}
    assert "contact, attendees 1" in lines
    assert "role, person_id 1" in lines
    assert any(line.startswith("trail_entry, actor") for line in lines)
    to = tmp_path / "priya.jsonl"
    done = ran(url, "export", PRIYA, str(to))
    assert done.exit_code == 0, done.output
    exported = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
    assert {each["table"] for each in exported} >= named(url), "whatever names her is in it"
    assert f"Wrote {len(exported)} rows about Priya Nair" in done.output
    again = ran(url, "export", PRIYA, str(to))
    assert again.exit_code
    assert "could not be written: File exists." in str(again.exception)


def test_who_still_has_a_role_stays(url: str) -> None:
    before = dumped(url)["trail_entry"]
    refused = ran(url, "redact", PRIYA, "--why", WHY)
    assert "Priya Nair still has a role on WP-NE: first give it to somebody else." in str(refused.exception)
    leave(url)
    refused = ran(url, "redact", PRIYA, "--why", "Priya Nair left")
    assert "The reason stays, so it must not name them." in str(refused.exception)
    assert dumped(url)["trail_entry"] == before
    database = Database(url)
    with database.writing() as session:
        contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        session.add(LegalHold(contract_id=contract.id, reason="An inquiry", since=MONDAY))
    database.close()
    refused = ran(url, "redact", PRIYA, "--why", WHY)
    assert "Priya Nair is in the records of WP-NE, where a legal hold keeps all of it." in str(refused.exception)


def test_nothing_names_her_afterwards_and_the_trail_is_still_proved(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(url)
    before = dumped(url)
    assert named(url)
    monkeypatch.setenv("DATABASE_URL", url)
    person_command.redact(EARLIER, WHY, (), MovableClock(SEALED_AT + timedelta(days=1)))
    told = capsys.readouterr().out
    assert "redacted. Who it was cannot be brought back" in told
    assert "Still named" not in told
    assert named(url) == set()
    after = dumped(url)
    gone = {name for name in before if len(after[name]) < len(before[name])}
    assert gone <= {"direct_channel", "earlier_account", "receipt", "slack_user", "known_word", "home_page", "absence"}
    verified = CliRunner().invoke(cli, ["trail", "verify"], env={"DATABASE_URL": url})
    assert verified.exit_code == 0, verified.output
    assert "All of it is as it was written." in verified.output
    database = Database(url)
    assert next(row.name for row in rows(database, Person) if row.slack.startswith("UREDACTED")).startswith("Redacted")
    assert "Ther" in next(row.attendees for row in rows(database, Contact) if row.attendees.startswith("[redacted]"))
    [waiting] = [row for row in rows(database, OutboxMessage) if row.channel.startswith("UREDACTED")]
    assert waiting.state is OutboxState.DROPPED
    assert [row.why for row in rows(database, TrailEntry) if row.action == "person redacted"] == [WHY]
    database.close()


def test_the_database_still_refuses_other_changes_of_a_contact(url: str) -> None:
    database = Database(url)
    for change in ("summary = 'x'", "redaction_id = 1, happened_on = '2020-01-01'"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
            session.execute(text(f"update contact set {change}"))
    database.close()


def test_somebody_unknown_and_two_of_a_name_are_told(url: str) -> None:
    assert "Nobody in the register is U0NOBODY." in str(ran(url, "find", "U0NOBODY").exception)
    database = Database(url)
    with database.writing() as session:
        other = session.scalars(select(Person).where(col(Person.slack) != PRIYA)).first()
        assert other is not None
        other.name = "Priya Nair"
    database.close()
    assert "There are several people called Priya Nair." in str(ran(url, "find", "Priya Nair").exception)
