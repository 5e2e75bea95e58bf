"""A list a page at a time; pages count from 1, and one beyond the last is the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ON_A_PAGE = 10
T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """Some of what was found, ten to a page."""

    rows: Sequence[T]
    number: int
    found: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.found)


def page_count(found: int, on_a_page: int = ON_A_PAGE) -> int:
    """How many pages so many take, at least one."""
    return max(-(-found // on_a_page), 1)


def page_number(asked: int, found: int, on_a_page: int = ON_A_PAGE) -> int:
    """The page that is shown to who asked for one."""
    return min(max(asked, 1), page_count(found, on_a_page))


def page_of(rows: Sequence[T], number: int, on_a_page: int = ON_A_PAGE) -> Sequence[T]:
    """The rows of a page, of all of them."""
    return rows[(number - 1) * on_a_page : number * on_a_page]
