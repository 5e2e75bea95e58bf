"""Whom somebody means by a mention, a handle or a name."""

import pytest
from sqlmodel import Session

from bot import slack_users
from bot.db import Database
from bot.errors import UserError
from bot.models import Person, SlackUser
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.lookup.mentions import person_named, readable
from tests.builders import DAY, MONDAY, rows, work


def nobody(typed: str) -> UserError:
    return UserError(f"nobody is {typed}")


def known(session: Session, people: list[Person]) -> None:
    """Slack knows each person by a handle of their own."""
    soon = MONDAY + DAY
    seen = [
        SlackUser(slack=each.slack, name=each.name, handle=f"h{number}", display_name=f"Nick {number}", seen_at=soon)
        for number, each in enumerate(people)
    ]
    slack_users.keep(session, [*seen, SlackUser(slack="U0ELSE", name="Elsie Else", seen_at=soon)])


@pytest.mark.parametrize(
    "typed", ["<@U0PRIYA>", "<@U0PRIYA|priya>", "U0PRIYA", "@h0", "h0", "nick 0", "priya NAIR", "Pri"]
)
def test_a_person_is_meant_by_a_mention_a_handle_a_name_or_words_of_it(unchanged: Database, typed: str) -> None:
    people = [each for each in rows(unchanged, Person) if each.slack in ("U0PRIYA", "U0AMIRA")]
    people.sort(key=lambda each: each.slack, reverse=True)
    with unchanged.rehearsing() as session:
        known(session, people)
        assert person_named(work(session), typed, people, nobody).slack == "U0PRIYA"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("<@U0HELEN>", "nobody is @Helen Marsh"),
        ("<@U0ELSE|x>", "nobody is @Elsie Else"),
        ("<@U0NOBODY|x>", "nobody is @x"),
    ],
)
def test_who_is_mentioned_and_not_among_them_is_named(unchanged: Database, typed: str, says: str) -> None:
    people = [each for each in rows(unchanged, Person) if each.slack in ("U0PRIYA", "U0AMIRA")]
    with unchanged.rehearsing() as session:
        known(session, people)
        with pytest.raises(UserError, match=says):
            person_named(work(session), typed, people, nobody)
        assert readable(work(session), f"Ask {typed}") == f"Ask {says.removeprefix('nobody is ')}"


def test_two_of_one_name_are_told_apart_by_organisation_and_then_by_handle(unchanged: Database) -> None:
    people = [each for each in rows(unchanged, Person) if each.slack in ("U0PRIYA", "U0AMIRA", "U0CALLUM")]
    people.sort(key=lambda each: each.slack)
    for each in people:
        each.name = "Ann Lee"
    with unchanged.rehearsing() as session:
        known(session, people)
        with pytest.raises(AmbiguousMatch) as question:
            person_named(work(session), "ann lee", people, nobody)
        assert [(each.word, each.name) for each in question.value.options] == [
            ("<@U0AMIRA>", "Ann Lee of Department for Opportunity (@h0)"),
            ("<@U0CALLUM>", "Ann Lee of Department for Opportunity (@h1)"),
            ("<@U0PRIYA>", "Ann Lee of Northgate Futures Ltd"),
        ]
        assert "“ann lee” fits 3 people. Which one do you mean" in question.value.sentence
        assert person_named(work(session), "@h1", people, nobody).slack == "U0CALLUM"
