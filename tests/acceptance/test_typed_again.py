"""Slack may say that a command failed although it was carried out: whoever types it again is asked, not obeyed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.app import build
from bot.models import Contact, OutboxMessage, Receipt, Risk, TrailEntry
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PORTFOLIO, Office
from workspace import Server
from workspace.client.person import Message

RAISE = '/risk raise WP-NE "Advisers leaving faster than hired" likely minor'
ASKED = "so it was not done again. Do you want to do it again?"


def raised(office: Office) -> int:
    return office.read(lambda s: s.scalar(select(func.count()).where(col(Risk.title).like("%than hired"))) or 0)


def stored(office: Office) -> tuple[int, ...]:
    tables = (Risk, TrailEntry, OutboxMessage, Receipt)
    return office.read(lambda s: tuple(s.scalar(select(func.count()).select_from(each)) or 0 for each in tables))


def typed(office: Office, text: str = RAISE, user: str = AMIRA, channel: str = NORTH_EAST) -> Message:
    (answer,) = office.person(user).command(text, channel=channel)
    return answer


def signed(office: Office, trigger: str, at: str = "") -> httpx.Response:
    """The command as Slack would sign it, to the process at an address."""
    command, _, text = RAISE.partition(" ")
    form = {"team_id": "T0DEPT", "user_id": AMIRA, "channel_id": NORTH_EAST, "command": command, "text": text}
    return office.post({**form, "trigger_id": trigger}, at=at)


@contextmanager
def another_process(office: Office) -> Iterator[str]:
    """The address of a second bot over the same database, as another process or one after a restart is."""
    with ExitStack() as stack:
        liaison = stack.enter_context(closing(build(office.liaison.settings, office.clock)))
        yield stack.enter_context(Server(liaison.web())).url


def test_what_was_done_20_seconds_ago_is_not_done_again_but_asked_about(office: Office) -> None:
    first, before = typed(office), stored(office)
    office.clock.advance(timedelta(seconds=20))
    asked = typed(office)
    assert f"You did this 20 seconds ago, {ASKED}" in asked.plain
    assert first.plain in asked.plain, "with the whole first answer"
    assert stored(office) == before


def test_the_button_does_it_again_and_never_asks(office: Office) -> None:
    amira = office.person(AMIRA)
    typed(office)
    asked = typed(office)
    assert "You did this a moment ago" in asked.plain
    amira.click(asked, "Do it again")
    office.settle()
    assert raised(office) == 2
    assert not any(ASKED in each.plain for each in amira.messages(NORTH_EAST)), "the answer stands in its place"
    office.clock.advance(timedelta(seconds=59))
    assert "You did this 59 seconds ago" in typed(office).plain, "since the button did it"


def test_a_button_that_is_clicked_twice_at_once_does_it_once(http_office: Office) -> None:
    signed(http_office, "1.1")
    button = next(block["accessory"] for block in signed(http_office, "1.2").json()["blocks"] if "accessory" in block)

    def click(number: int) -> int:
        payload = {
            "type": "block_actions",
            "trigger_id": f"2.{number}",
            "user": {"id": AMIRA, "team_id": "T0DEPT"},
            "team": {"id": "T0DEPT"},
            "channel": {"id": NORTH_EAST},
            "actions": [
                {"type": "button", "block_id": "b", "action_id": button["action_id"], "value": button["value"]}
            ],
        }
        return http_office.post({"payload": json.dumps(payload)}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {200}
    assert raised(http_office) == 2


def test_after_a_minute_it_is_done_and_asked_about_anew(office: Office) -> None:
    for times in (1, 2, 3):
        assert "is raised on WP-NE" in typed(office).plain
        assert ASKED in typed(office).plain
        office.clock.advance(timedelta(seconds=60))
        assert raised(office) == times


def test_other_words_another_person_and_another_channel_are_not_asked(office: Office) -> None:
    typed(office)
    assert ASKED not in typed(office, RAISE.replace("minor", "major")).plain
    assert ASKED not in typed(office, user=HELEN, channel=PORTFOLIO).plain
    assert ASKED not in typed(office, channel=PORTFOLIO).plain
    assert raised(office) == 4


@pytest.mark.parametrize("text", ["/risk list", "/risk show R-1", "/contract show WP-NE", "/risk raise WP-NE", "/risk"])
def test_what_only_reads_is_refused_or_opens_a_form_is_done_again(office: Office, text: str) -> None:
    amira = office.person(AMIRA)
    first, second = ([each.plain for each in amira.command(text, channel=NORTH_EAST)] for _ in range(2))
    assert first == second
    assert (
        office.read(lambda s: s.scalars(select(col(Receipt.typed)).where(col(Receipt.typed).is_not(None))).all()) == []
    )


def test_what_might_have_changed_something_and_did_not_is_answered_again(office: Office) -> None:
    first, second = (typed(office, "/liaison holidays", user="U0NADIA").plain for _ in range(2))
    assert first == second
    assert office.read(lambda s: s.scalars(select(col(Receipt.typed))).all()) == [None, None]


def test_what_can_be_done_only_once_is_asked_about_rather_than_refused(office: Office) -> None:
    """The first act is why the second would be refused, of which the person may not have heard."""
    typed(office)
    reference = office.read(lambda s: s.scalars(select(Risk).order_by(col(Risk.id).desc()).limit(1)).one().reference)
    close = f"/risk close {reference} They are hired"
    assert ASKED not in typed(office, close).plain
    assert ASKED in typed(office, close).plain


def test_another_process_and_one_after_a_restart_ask_as_well(http_office: Office) -> None:
    assert "is raised" in signed(http_office, "1.1").text
    with another_process(http_office) as there:
        assert ASKED in signed(http_office, "1.2", there).text
        assert "is raised" in signed(http_office, "1.1", there).text, "the same delivery gets the first answer"
    assert raised(http_office) == 1


def test_of_those_at_the_same_instant_one_is_done_and_the_others_are_asked_about(http_office: Office) -> None:
    """Of a command that is new, and of one that was done more than a minute ago."""
    with another_process(http_office) as there, ThreadPoolExecutor(8) as pool:
        for times in (1, 2):
            sent = [pool.submit(signed, http_office, f"{times}.{n}", there if n % 2 else "") for n in range(8)]
            assert sorted(ASKED in each.result().text for each in sent) == [False, *[True] * 7]
            assert raised(http_office) == times
            http_office.clock.advance(timedelta(minutes=2))


def test_what_is_too_long_for_a_button_is_to_be_typed_again_later(office: Office) -> None:
    long = f"/contact call WP-NE {'Agreed the plan. ' * 130}"
    typed(office, long)
    asked = typed(office, long)
    assert "To do it again, type it again in a minute." in asked.plain
    assert not any(element.get("text", {}).get("text") == "Do it again" for _, element in asked.elements())
    assert (
        office.read(
            lambda s: s.scalar(
                select(func.count(col(Contact.id))).where(col(Contact.summary).like("Agreed the plan. A%"))
            )
        )
        == 1
    )
