"""Organisations, their Slack teams, and people."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from bot.models._types import Key, choice


class OrganisationKind(StrEnum):
    """What an organisation is. There is one department; the others are partners."""

    DEPARTMENT = "department"
    COMPANY = "private company"
    CHARITY = "charity"
    LOCAL_AUTHORITY = "local authority"
    COMMUNITY_INTEREST = "community interest company"


class Organisation(SQLModel, table=True):
    """The department or a delivery partner."""

    __tablename__ = "organisation"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    key: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=150)
    kind: OrganisationKind = Field(sa_type=choice(OrganisationKind))


class Team(SQLModel, table=True):
    """A Slack team or enterprise (T... or E...) of an organisation: the only proof of where someone works."""

    __tablename__ = "team"

    slack: str = Field(primary_key=True, max_length=40)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)


class Person(SQLModel, table=True):
    """Someone known by their Slack user id."""

    __tablename__ = "person"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    slack: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=150)
    email: str = Field(default="", max_length=254)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)
