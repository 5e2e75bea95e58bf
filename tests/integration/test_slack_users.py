"""What Slack says of its users: what is kept of it, and that the newest word stands, in whatever order it comes."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from bot import slack_users
from bot.db import Database
from bot.delivery.directory import NOT_CLAIMED, REMEMBER, NotSeen, identify
from bot.identity import Unknown
from bot.models import Organisation, OrganisationKind, Team
from bot.slack_users import CLOCKS_DIFFER, read_user
from tests.builders import MONDAY

SECOND = timedelta(seconds=1)
WHOLE: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "teams": ["T3", "T2", None],
    "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T4"]},
    "name": "amira",
    "real_name": "Amira Shah",
    "profile": {"display_name": "Amira (WP)", "email": "amira@opportunity.example"},
    "tz": "Europe/London",
    "tz_offset": 3600,
    "is_ultra_restricted": True,
}


def test_what_is_kept_of_a_user_and_nothing_that_is_missing_or_null_raises() -> None:
    seen = read_user(WHOLE, MONDAY)
    assert seen.homes == {"T1", "T2", "T3", "T4", "E1"}
    assert (seen.name, seen.display_name, seen.handle) == ("Amira Shah", "Amira (WP)", "amira")
    assert (seen.email, seen.time_zone, seen.utc_offset) == ("amira@opportunity.example", "Europe/London", 3600)
    assert (seen.is_guest, seen.deleted, seen.is_bot) == (True, False, False)
    assert read_user({**WHOLE, "is_stranger": True}, MONDAY).homes == frozenset()
    bare: list[dict[str, Any]] = [{"id": "U1"}]
    nothings: tuple[Any, ...] = (None, [], 0)
    for nothing in nothings:
        bare.append(dict.fromkeys(WHOLE, nothing) | {"id": "U1"})
    for each in bare:
        seen = read_user(each, MONDAY)
        assert (seen.homes, seen.email, seen.name, seen.is_guest) == (frozenset(), None, "", False)


def test_the_newest_word_stands_in_whatever_order_it_is_heard(still_empty: Database) -> None:
    deactivated = read_user({**WHOLE, "deleted": True}, MONDAY + SECOND)  # an event
    answered = read_user(WHOLE, MONDAY + 2 * SECOND - CLOCKS_DIFFER)  # asked before, answered after
    for first, second in ((deactivated, answered), (answered, deactivated)):
        with still_empty.rehearsing() as session:
            slack_users.keep(session, [first])
            slack_users.keep(session, [second])
            kept = slack_users.find(session, "U1")
            assert kept is not None
            assert (kept.deleted, kept.teams, kept.seen_at) == (True, ["T2", "T3"], MONDAY + SECOND)
            assert slack_users.same(kept, deactivated)
            assert not slack_users.same(kept, answered)
            assert slack_users.find(session, "U2") is None
            slack_users.keep(session, [read_user(WHOLE, MONDAY + 2 * CLOCKS_DIFFER)])
            back = slack_users.find(session, "U1")
            assert back is not None
            assert not back.deleted


def test_slack_is_asked_of_whom_it_has_not_been_for_a_while(still_empty: Database) -> None:
    with still_empty.rehearsing() as session:
        slack_users.keep(session, [read_user(WHOLE, MONDAY)])
        assert identify(session, "U1", "T1", MONDAY + REMEMBER).user == "U1"
        for user, now in (("U1", MONDAY + REMEMBER + SECOND), ("U2", MONDAY)):
            with pytest.raises(NotSeen):
                identify(session, user, "T1", now)


@pytest.mark.parametrize(
    ("claimed", "refused"),
    [
        pytest.param("T1", False, id="the person's own"),
        pytest.param("T0ELSEWHERE", False, id="a workspace that the register does not have: a Grid has many"),
        pytest.param("T0OURS2", False, id="another workspace of the same organisation"),
        pytest.param(NOT_CLAIMED, False, id="none"),
        pytest.param("T0THEIRS", True, id="another organisation's"),
    ],
)
def test_the_team_of_a_payload_proves_nothing_and_may_contradict(
    still_empty: Database, claimed: str, refused: bool
) -> None:
    with still_empty.rehearsing() as session:
        for key, homes in (("ours", ("T1", "T0OURS2")), ("theirs", ("T0THEIRS",))):
            organisation = Organisation(key=key, name=key, kind=OrganisationKind.COMPANY)
            session.add(organisation)
            session.flush()
            session.add_all(Team(slack=home, organisation_id=organisation.id) for home in homes)
        slack_users.keep(session, [read_user(WHOLE, MONDAY)])
        session.flush()
        with pytest.raises(Unknown) if refused else nullcontext():
            identify(session, "U1", claimed, MONDAY)
