"""Searching contracts and partners by reference or key, or by words of their names."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from rapidfuzz.distance import OSA

from bot.domain.normalisation import folded

# Allowed typing errors: one in a word of four letters, two in a word of eight.
_LETTERS_FOR_EACH_SLIP = 4
_MOST_SLIPS = 2
MOST_TYPED = 150  # characters that are searched for: as many as a title has


T = TypeVar("T")


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


def parts_of(typed: str) -> list[str]:
    """Parts of a typed word of which one at least is in every word that equals it but for the errors that it may have:
    the first where the word begins, the last where it ends, or another somewhere in it.

    There is one part more than errors, and no error spoils two of them: between two is a letter that belongs to none,
    so that letters of two parts are never swapped.
    """
    slips = slips_in(typed)
    size, more = divmod(len(typed) - slips, slips + 1)
    sizes = [size + (n < more) for n in range(slips + 1)]
    begins_at = [sum(sizes[:n]) + n for n in range(slips + 1)]
    return [typed[start : start + size] for start, size in zip(begins_at, sizes, strict=True)]


def word_line(text: str) -> str:
    """The words of a text in one line, each between two spaces: a database finds in it where a word begins and ends."""
    return f" {' '.join(words_of(text))} "


def words_of(text: str) -> list[str]:
    """The words of a text in letters and digits, without case and accents; an apostrophe does not split a word."""
    return re.findall(r"\w+", folded(text))
