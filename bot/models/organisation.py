"""Organisations, their Slack teams, people, and when they are away."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.models._folded import folded_from, words_from
from bot.models._model import Model
from bot.models._types import Key, choice, public_id
from bot.models._words_known import words_known


class OrganisationKind(StrEnum):
    """The kind of an organisation. There is one department; the others are partners."""

    DEPARTMENT = "department"
    COMPANY = "private company"
    CHARITY = "charity"
    LOCAL_AUTHORITY = "local authority"
    COMMUNITY_INTEREST = "community interest company"

    @property
    def is_department(self) -> bool:
        """Whether it is the department, and not one of the partners."""
        return self is OrganisationKind.DEPARTMENT


@words_known("new.words", "words")
class Organisation(Model, table=True):
    """The department or a delivery partner."""

    __tablename__ = "organisation"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    key: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=150)
    folded: str = folded_from("name")
    words: str = words_from("name")
    kind: OrganisationKind = Field(sa_type=choice(OrganisationKind))


class Team(Model, table=True):
    """A Slack team or enterprise (T... or E...) of an organisation: the only proof of where a person works."""

    __tablename__ = "team"

    slack: str = Field(primary_key=True, max_length=40)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)


class Person(Model, table=True):
    """A person, identified by their Slack user id.

    A guest comes to the department's own workspace as one, from a partner or as one of the department, who then has no
    role; an administrator maintains the register.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("substr(slack, 1, 1) in ('U', 'W') and length(slack) >= 2", name="person_has_a_slack_account"),
        CheckConstraint("not (guest and administrator)", name="person_guest_is_no_administrator"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    slack: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=150)
    folded: str = folded_from("name")
    email: str = Field(default="", max_length=254)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)
    guest: bool = False
    administrator: bool = False


class EarlierAccount(Model, table=True):
    """A Slack account that a person had before. What they did with it is theirs."""

    __tablename__ = "earlier_account"

    slack: str = Field(primary_key=True, max_length=40)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=Key)


class Absence(Model, table=True):
    """The days on which a person is away, the last included. Their deputies act for them."""

    __tablename__ = "absence"
    __table_args__ = (
        UniqueConstraint("person_id", "first_day"),
        CheckConstraint("last_day >= first_day", name="absence_ends_after_start"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    first_day: date
    last_day: date
