"""Finding a contract or a partner by what a person types: its reference or key, or words of its names."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from rapidfuzz.distance import OSA

# Slips of the finger that are forgiven in a word: one in a word of four letters, two in a word of eight.
_LETTERS_FOR_EACH_SLIP = 4
_MOST_SLIPS = 2
MOST_TYPED = 150  # characters that are looked at: as many as a title has


class Searchable(Protocol):
    """What has a reference, a title and a partner to be found by."""

    @property
    def reference(self) -> str:
        """What people type: WP-NE."""

    @property
    def title(self) -> str:
        """Work Pathways, North East."""

    @property
    def partner(self) -> str:
        """Northgate Futures Ltd."""


N = TypeVar("N", bound=Searchable)
T = TypeVar("T")


def search(typed: str, among: Iterable[N]) -> list[N]:
    """The contracts that the words fit best: by reference, title and the partner's name."""
    return search_by(typed, among, lambda each: each.reference, lambda each: f"{each.title} {each.partner}")


def search_by(typed: str, among: Iterable[T], reference: Callable[[T], str], names: Callable[[T], str]) -> list[T]:
    """Those that the words fit best, by reference; none for no words.

    A whole reference, with its dashes or without, is only itself. Else each word typed must begin a word of
    the reference or the names; and where none fits so, words with a slip or two count: a letter too many or
    too few, a wrong one, or two that changed places.
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
    """Whether a word that was typed begins another."""
    return word.startswith(typed)


def resembles(typed: str, word: str) -> bool:
    """Whether a word that was typed begins another, or is it with a slip or two."""
    slips = min(len(typed) // _LETTERS_FOR_EACH_SLIP, _MOST_SLIPS)
    return begins(typed, word) or OSA.distance(typed, word, score_cutoff=slips) <= slips


def words_of(text: str) -> list[str]:
    """The letters and digits of a text, word by word, without case and accents; an apostrophe parts no word."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['\u2019]", "", text.casefold()))
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))
