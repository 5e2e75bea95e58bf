"""The App Home pages that were opened once, and what has changed since they were drawn."""

from datetime import datetime

from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Instant, Key


class HomePage(Model, table=True):
    """A page that its person has opened, with the hash of its content. Until `not_before` another worker draws it."""

    __tablename__ = "home_page"

    person_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=Key)
    shown: str = Field(max_length=64)
    not_before: datetime | None = Field(default=None, sa_type=Instant)


class HomeChange(Model, table=True):
    """A change that a page may show; the row is deleted when the page is redrawn."""

    __tablename__ = "home_change"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=Key)
    at: datetime = Field(sa_type=Instant)
