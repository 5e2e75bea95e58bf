"""What only reads is answered while somebody else writes, and is not written down."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from bot.models import Receipt, Risk
from tests.acceptance.office import AMIRA, NORTH_EAST, Office

RAISE = '/risk raise WP-NE "Advisers leaving faster than hired" likely minor'


@pytest.fixture
def held(office: Office) -> Iterator[Office]:
    """An office in which a write is open that does not end; on SQLite nobody else can write meanwhile."""
    with office.liaison.database.engine.connect() as connection, connection.begin() as write:
        connection.execute(select(func.count()).select_from(Risk))
        yield office
        write.rollback()


def receipts(office: Office) -> int:
    return office.read(lambda session: session.scalar(select(func.count()).select_from(Receipt)) or 0)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/risk list", "5 open risks on your contracts"),
        ("/contract show WP-NE", "WP-NE"),
        ("/action", "You have no open actions"),
        ("/digest preview", "Weekly performance summary"),
        ("/liaison", "/contract"),
        ("/risk lost", "does not know the word"),
    ],
)
def test_what_only_reads_waits_for_no_write_and_leaves_no_receipt(held: Office, command: str, said: str) -> None:
    (answer,) = held.person(AMIRA).command(command, channel=NORTH_EAST)
    assert said in answer.plain
    assert receipts(held) == 0


def test_a_form_opens_beside_a_write(held: Office) -> None:
    amira = held.person(AMIRA)
    amira.command("/risk", channel=NORTH_EAST)
    assert amira.modal(title="Raise a risk").callback_id == "risk_form"


def test_what_one_wrote_is_there_at_the_next_look(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command(RAISE, channel=NORTH_EAST)
    assert receipts(office) == 1
    (page,) = amira.command("/risk list", channel=NORTH_EAST)
    assert page.text == "6 open risks on your contracts"
