"""The rule by which contracts are found, on all of them: what the database is to find of them as well."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from bot.domain.search import search_by


class Searchable(Protocol):
    """Anything with a reference, a title and a partner."""

    @property
    def reference(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def partner(self) -> str: ...


N = TypeVar("N", bound=Searchable)


def search(typed: str, among: Iterable[N]) -> list[N]:
    """The contracts that match the words best, by reference, title and the partner's name."""
    return search_by(typed, among, lambda each: each.reference, lambda each: f"{each.title} {each.partner}")
