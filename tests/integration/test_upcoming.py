"""Of what will go out, everybody sees what is about their own contracts."""

import pytest

from bot.db import Database
from bot.identity import Denied
from bot.services.pages.upcoming import Upcoming, upcoming
from tests.builders import DAY, MONDAY, act, contract_named

UNTIL = MONDAY + 14 * DAY


def test_a_manager_sees_their_own_contracts_and_of_one_that_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ids = {name: contract_named(session, name).id for name in ("WP-NE", "SK-SC", "HA-EW")}
        rehearsed = [Upcoming(MONDAY, "prompt", "C1", name, "it is due", number, False) for name, number in ids.items()]
        rehearsed.append(Upcoming(MONDAY, "summary", "C1", "the portfolio's", "it is due", None, False))

        def seen(user: str, typed: str = "") -> list[str]:
            return [each.text for each in upcoming(act(session, user), rehearsed, UNTIL, typed).messages]

        assert seen("U0AMIRA") == ["WP-NE", "SK-SC"]
        assert seen("U0AMIRA", "sk-sc") == ["SK-SC"]
        assert upcoming(act(session, "U0AMIRA"), rehearsed, UNTIL, "sk-sc").reference == "SK-SC"
        assert seen("U0PRIYA") == [], "a partner sees nothing of what is meant for others"
        with pytest.raises(Denied, match="You do not have a role on this contract"):
            seen("U0PRIYA", "WP-NE")
