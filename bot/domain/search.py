"""Searching contracts and partners by reference or key, or by words of their names."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from rapidfuzz.distance import OSA

from bot.domain.normalisation import folded

# Allowed typing errors: one in a word of four letters, two in a word of eight.
_LETTERS_FOR_EACH_SLIP = 4
_MOST_SLIPS = 2
MOST_TYPED = 150  # characters that are searched for: as many as a title has


class Searchable(Protocol):
    """Anything with a reference, a title and a partner."""

    @property
    def reference(self) -> str:
        """The reference: WP-NE."""

    @property
    def title(self) -> str:
        """The title: Work Pathways, North East."""

    @property
    def partner(self) -> str:
        """The partner's name: Northgate Futures Ltd."""


N = TypeVar("N", bound=Searchable)
T = TypeVar("T")


def search(typed: str, among: Iterable[N]) -> list[N]:
    """The contracts that match the words best, by reference, title and the partner's name."""
    return search_by(typed, among, lambda each: each.reference, lambda each: f"{each.title} {each.partner}")


def search_by(typed: str, among: Iterable[T], reference: Callable[[T], str], names: Callable[[T], str]) -> list[T]:
    """The items that match the words best, in order of reference; none if there are no words.

    A whole reference, with or without its dashes, matches only itself. Otherwise each typed word must begin a word of
    the reference or the names. If nothing matches, words match with an error or two: a letter too many or too few, a
    wrong letter, or two swapped letters.
    """
    candidates = list(among)
    wanted = words_of(typed[:MOST_TYPED])
    if not wanted:
        return []
    joined = "".join(wanted)
    exact = [each for each in candidates if "".join(words_of(reference(each))) == joined]
    if exact:
        return exact
    words = [(each, words_of(f"{reference(each)} {names(each)}")) for each in candidates]
    for fits in (begins, resembles):
        found = [each for each, own in words if all(any(fits(word, other) for other in own) for word in wanted)]
        if found:
            return sorted(found, key=reference)
    return []


def begins(typed: str, word: str) -> bool:
    """Whether a word begins with the typed one."""
    return word.startswith(typed)


def resembles(typed: str, word: str) -> bool:
    """Whether a word begins with the typed one, or equals it but for a typing error or two."""
    slips = slips_in(typed)
    return begins(typed, word) or OSA.distance(typed, word, score_cutoff=slips) <= slips


def slips_in(typed: str) -> int:
    """How many typing errors a word may have."""
    return min(len(typed) // _LETTERS_FOR_EACH_SLIP, _MOST_SLIPS)


def words_of(text: str) -> list[str]:
    """The words of a text in letters and digits, without case and accents; an apostrophe does not split a word."""
    return re.findall(r"\w+", folded(text))
