"""What cannot be understood: one sentence that says what was wrong, an example, and what was typed given back."""

import logging

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.domain.slack_text import without_spacers
from bot.models import Contact, Receipt, Risk, TrailEntry
from bot.policy import REGISTER_POLICY
from handlers import COMMANDS
from tests.acceptance.office import AMIRA, MARTHA, NORTH_EAST, PORTFOLIO, PRIYA, Office

TOO_LONG = "x" * 3001


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/risk rais WP-NE", "Did you mean /risk raise?"),
        (
            "/risk raise WP-NX “Staff” likely major",
            "No contract of yours fits “WP-NX”. Did you mean WP-NE?",
        ),
        ("/risk raise WP-NE “Staff” likly major", "likly"),
        ("/risk raise WP-NE “Staff” likely", "an impact"),
        ("/risk raise WP-NE “” likely major", "Enter what could happen"),
        ("/risk raise WP-NE “Staff likely major", "quotation mark"),
        ("/risk raise WP-NE “Staff” likely major extra words", "more than was expected"),
        (f"/risk raise WP-NE “{'x' * 201}” likely major", "201 characters"),
        ("/risk raise", ""),
        ("/contact shout WP-NE hello", "does not know the word “shout”"),
        ("/contact call", "That is not complete"),
        (f"/contact call WP-NE {TOO_LONG}", "3,001 characters"),
        ("/contact call WP-NE spoke about AB123456C", "National Insurance number"),
        ("/progress report WP-NE starts=12,5", "12.5"),
        ("/progress report WP-NE starts=97.2days", "percentage"),
        ("/progress report WP-NE strts=97.2", "Did you mean starts?"),
        ("/progress report WP-NE 97.2", "equals sign"),
        ("/progress report WP-NE starts=97 starts=12", "has two figures"),
        ("/progress reprt WP-NE", "Did you mean /progress report?"),
    ],
)
def test_one_ephemeral_sentence_with_an_example_and_what_was_typed(office: Office, typed: str, said: str) -> None:
    before = office.read(_counts)
    answers = office.person(AMIRA).command(typed, channel=NORTH_EAST)
    if not said:  # enough for a form
        assert answers == []
        return
    (answer,) = answers
    assert answer.ephemeral
    assert said in answer.plain
    assert "For example: /" in answer.plain
    assert f"You typed:\n{typed[:1900]}" in answer.plain
    assert office.read(_counts) == before


def test_an_example_is_of_the_word_that_was_typed_and_of_a_contract_of_ones_own(office: Office) -> None:
    """Rhian manages neither the contract of the examples nor, without a role, may she see the channel's."""
    rhian = office.person("U0RHIAN")
    for typed, example in (
        ("/action due A-99 Friday", "/action due A-12 15 January"),
        ("/risk raise FM-JC", "/risk raise FM-JC"),
        ("/contact call", "/contact call FM-JC"),
        ("/progress report FM-JC strts=97", "/progress report FM-JC"),
    ):
        (answer,) = rhian.command(typed, channel=PORTFOLIO)
        assert f"For example: {example}" in answer.plain


def test_every_command_has_help_knows_its_words_and_answers_an_unknown_one_with_the_nearest(office: Office) -> None:
    amira = office.person(AMIRA)
    administrators = {keeping for keeping, roles in REGISTER_POLICY.items() if not roles}  # and Amira is none
    for command in COMMANDS:
        (answer,) = amira.command(f"{command.name} help", channel=NORTH_EAST)
        if command.name == "/liaison":  # it begins with what most people come for
            amira.click(answer, "More")
            answer = amira.wait(
                lambda each: next((m for m in each.messages(NORTH_EAST) if "/liaison me" in m.plain), None)
            )
        own = [line for line in command.lines if line.who not in administrators]
        if command.name == "/liaison":  # of every command it has one line, with its words
            assert [each.word for each in own if each.word not in answer.plain] == []
        else:
            assert [line for line in own if f"{line.type} {line.does}" not in answer.plain] == []
        for word in command.words:
            assert not any(
                "does not know" in said.plain for said in amira.command(f"{command.name} {word}", channel=NORTH_EAST)
            )
            if amira.open_view():
                amira.close(amira.modal())
        (answer,) = amira.command(f"{command.name} hepl", channel=NORTH_EAST)
        assert f"{command.name} does not know the word “hepl”. Did you mean {command.name} help?" in answer.plain


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<script>alert(1)</script>", None),
        ("&lt;", None),
        ("*unclosed _and ~so", None),
        ("<!channel>", None),
        ("\u202eright\u200b to\u00a0left 👩\u200d🚀", "right to left 👩\u200d🚀"),
    ],
)
def test_what_a_person_writes_comes_out_as_typed_but_for_what_cannot_be_seen(
    office: Office, text: str, kept: str | None
) -> None:
    amira = office.person(AMIRA)
    (answer,) = amira.command(f"/contact call WP-NE {text}", channel=NORTH_EAST)
    stored = office.read(lambda s: s.scalars(select(Contact)).one())
    assert stored.summary == (kept or text)
    assert (kept or text) in without_spacers(answer.plain)


def test_somebody_unknown_is_refused_politely_and_audited(office: Office) -> None:
    (answer,) = office.person(MARTHA).command("/risk raise WP-NE “Staff” likely major", channel="C0HELP")
    assert "Liaison does not know you yet" in answer.plain
    refusal = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
        ).one()
    )
    assert refusal.actor == MARTHA


def test_a_partners_person_cannot_type_the_commands(office: Office) -> None:
    (answer,) = office.person(PRIYA).command("/risk raise WP-NE “Staff” likely major", channel="C0WPNENG")
    assert "not a valid command" in answer.plain
    assert office.read(lambda s: s.scalars(select(Receipt)).all()) == []


@pytest.mark.parametrize(("timestamp", "secret"), [(None, "not-the-secret"), (1_700_000_000, None)])
def test_a_bad_signature_or_a_stale_timestamp_gets_401_and_its_body_is_not_logged(
    http_office: Office, caplog: pytest.LogCaptureFixture, timestamp: int | None, secret: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    form = {"command": "/risk", "text": "raise a-secret-word", "user_id": AMIRA, "team_id": "T0DEPT", "trigger_id": "1"}
    answer = http_office.post(form, timestamp=timestamp, secret=secret)
    assert answer.status_code == 401
    assert "a-secret-word" not in caplog.text


def _counts(session: Session) -> tuple[int, ...]:
    return tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in (Risk, Contact, Receipt))
