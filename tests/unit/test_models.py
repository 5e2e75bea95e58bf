"""Tables make their records of what is given, and of the defaults of what is not."""

import pytest
from sqlmodel import SQLModel

from bot.models import SlackUser
from bot.models._model import Model
from tests.builders import MONDAY

TABLES = sorted((mapper.class_ for mapper in SQLModel._sa_registry.mappers), key=lambda table: table.__name__)


def test_every_table_is_such_a_model() -> None:
    assert len(TABLES) > 70
    assert [table for table in TABLES if not issubclass(table, Model)] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_two_records_share_a_default_that_can_change(table: type[Model]) -> None:
    one, other = table(), table()

    shared = [name for name in table.model_fields if getattr(one, name, None) is getattr(other, name, None)]

    for name in shared:
        hash(getattr(one, name, None))  # raises for a list, a dictionary or a set


def test_what_is_given_stands_in_place_of_the_default() -> None:
    user = SlackUser(slack="U1", teams=["T1"], seen_at=MONDAY)

    assert (user.slack, user.teams, user.enterprise_teams, user.name, user.is_admin) == ("U1", ["T1"], [], "", False)


def test_a_name_that_is_no_columns_is_refused() -> None:
    with pytest.raises(TypeError, match="SlackUser has no colour"):
        SlackUser(slack="U1", seen_at=MONDAY, colour="red")  # type: ignore[call-arg]  # what is refused
