"""The log of a request: a line with its reference, which the sentence about a fault has too, and none of its words."""

import json
import re
from io import StringIO
from typing import Any

from sqlalchemy import text

from tests.acceptance.office import AMIRA, NORTH_EAST, Office

LINE = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'


def read(lines: StringIO, message: str) -> list[dict[str, Any]]:
    """The lines with this message."""
    return [line for line in map(json.loads, lines.getvalue().splitlines()) if line["message"] == message]


def test_each_request_has_a_line_of_who_what_and_how_long(office: Office, lines: StringIO) -> None:
    amira = office.person(AMIRA)
    amira.command(LINE, channel=NORTH_EAST)
    amira.command("/risk nonsense", channel=NORTH_EAST)
    first, second = read(lines, "answered")
    assert (first["task"], first["kind"], first["outcome"], first["user"]) == (
        "command /risk",
        "command",
        "done",
        AMIRA,
    )
    assert second["outcome"] == "explained"
    assert isinstance(first["ms"], int)
    assert first["reference"] != second["reference"]
    assert "Advisers leaving" not in lines.getvalue()


def test_each_message_has_a_line_with_its_number_and_template(office: Office, lines: StringIO) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    sent = office.deliver()
    told = read(lines, "the message is sent")
    assert len({line["outbox"] for line in told}) == sent
    assert {"channel", "template", "tries"} <= told[0].keys()
    assert "Advisers leaving" not in lines.getvalue()


def test_the_sentence_about_a_fault_has_the_reference_of_its_lines(office: Office, lines: StringIO) -> None:
    with office.liaison.database.writing() as session:
        session.execute(text("alter table trail_entry rename to elsewhere"))
    (answer,) = office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    found = re.search("give your Liaison administrator this reference: ([0-9a-f]{8})", answer.plain)
    assert found, answer.plain
    (fault,) = read(lines, "fault")
    (answered,) = read(lines, "answered")
    assert fault["reference"] == answered["reference"] == found[1]
    assert answered["outcome"] == "fault"
    assert "trail_entry" in fault["fault"]
    assert "Advisers leaving" not in lines.getvalue()
