"""Lists in pages; pages count from 1, and a page beyond the last is the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ON_A_PAGE = 10
T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """A page of the rows that were found, ten to a page."""

    rows: Sequence[T]
    number: int
    found: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return page_count(self.found)


def page_count(found: int, on_a_page: int = ON_A_PAGE) -> int:
    """The number of pages for so many rows, at least one."""
    return max(-(-found // on_a_page), 1)


def page_number(asked: int, found: int, on_a_page: int = ON_A_PAGE) -> int:
    """The number of the page to show when this one was asked for."""
    return min(max(asked, 1), page_count(found, on_a_page))


def page_of(rows: Sequence[T], number: int, on_a_page: int = ON_A_PAGE) -> Sequence[T]:
    """The rows of a page, out of all rows."""
    return rows[(number - 1) * on_a_page : number * on_a_page]
