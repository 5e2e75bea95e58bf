"""The declaration of a sheet's row, with a sentence for each column, and the columns that several sheets share."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict

from bot.domain.deadlines import Deadline
from bot.domain.periods import Month
from bot.services.portfolio.sheets import cells
from bot.services.portfolio.sheets.cells import NO, YES, Refers, written

Key = tuple[Any, ...]


class Misfit(ValueError):
    """Two columns of a row contradict each other; `column` is the one to look at."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column


class Column(NamedTuple):
    """A declared column: whether it is required, its description, its allowed words, and the sheet it refers to."""

    name: str
    needed: bool
    says: str
    types: tuple[object, ...]
    refers: str | None

    @property
    def choices(self) -> list[str]:
        """The allowed words, if they are a closed set."""
        for each in self.types:
            if isinstance(each, type) and issubclass(each, StrEnum):
                return [choice.value for choice in each]
        return [YES, NO] if bool in self.types else []


class Row(BaseModel):
    """One row. It is valid by itself; its relation to other rows is checked when an import is planned.

    `sheet` names the sheet, `one` says what a row is, and the `key_columns` identify it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: ClassVar[str]
    one: ClassVar[str]
    key_columns: ClassVar[tuple[str, ...]]
    many: ClassVar[str | None] = None
    """What several rows are, where that is not `one` with an s."""
    repeats: ClassVar[bool] = False
    """Whether several rows may have one key: then they are told apart by their order."""

    @property
    def identity(self) -> Key:
        """The key of this row in its sheet."""
        return tuple([getattr(self, column) for column in self.key_columns])

    @property
    def label(self) -> str:
        """The name that people use for it: WP-NE, starts."""
        return ", ".join(str(written(part)) for part in self.identity)

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        """The columns, in order."""
        return {
            name: Column(
                name,
                field.is_required(),
                field.description or "",
                tuple(_parts(field.annotation)),
                next((m.sheet for m in [*field.metadata, *_parts(field.annotation)] if isinstance(m, Refers)), None),
            )
            for name, field in cls.model_fields.items()
        }

    @classmethod
    @cache
    def references(cls) -> dict[str, str]:
        """The columns that name a row of another sheet, with that sheet."""
        return {name: column.refers for name, column in cls.columns().items() if column.refers}


def _parts(annotation: object) -> Iterator[object]:
    """A type and its component types."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


_MEMBER = "In Slack, open the person's profile, select the 3 dots, then Copy member ID."
_CHANNEL = "In Slack, open the channel's details: the id is at the end."
_WORKSPACE = "In Slack, on the web, the id follows app.slack.com/client/ in the address."

_person = cells.slack_id("UW", "member", _MEMBER)
_organisation = cells.code(r"[a-z0-9-]{1,40}", "harbour-lane", str.lower)
_contract = cells.code(r"[A-Z0-9][A-Z0-9-]{0,19}", "WP-NE", str.upper)

Name = Annotated[str, cells.text(150)]
Title = Annotated[str, cells.text(200)]
Story = Annotated[str, cells.text(3000)]

PersonId = Annotated[str, _person]
Person = Annotated[str, _person, Refers("people")]
OrganisationKey = Annotated[str, _organisation]
Organisation = Annotated[str, _organisation, Refers("organisations")]
Reference = Annotated[str, _contract]
Contract = Annotated[str, _contract, Refers("contracts")]
KpiCode = Annotated[str, cells.code(r"[a-z0-9-]{1,40}", "first-meeting", str.lower)]
ChannelId = Annotated[str, cells.slack_id("CG", "channel", _CHANNEL)]
TeamIds = Annotated[tuple[str, ...], cells.slack_ids("TE", "workspace", _WORKSPACE)]

Day = Annotated[date, cells.day]
Due = Annotated[Deadline, cells.deadline]
Period = Annotated[Month, cells.month]
Flag = Annotated[bool, cells.flag]
Figure = Annotated[Decimal, cells.figure]
Pounds = Annotated[int, cells.whole(0, 1_000_000_000_000, pounds=True)]
