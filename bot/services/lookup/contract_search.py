"""Searching contracts by words in the database, by the rule of `bot.domain.search`: of those that do not fit nothing is
read, however many there are."""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlmodel import Session

from bot.db import table
from bot.domain.search import MOST_TYPED, parts_of, resembles, slips_in, words_of
from bot.models import Contract, KnownWord, Organisation

_contracts, _partners, _known = table(Contract), table(Organisation), table(KnownWord)
_reference = literal("-") + func.lower(_contracts.c.reference) + literal("-")


def best_fit(session: Session, typed: str, among: ColumnElement[bool]) -> ColumnElement[bool] | None:
    """The condition on a contract that it is one of those among them that match the words best; None if none does.

    A whole reference matches only itself; otherwise each word begins a word of the reference, the title or the
    partner's name, or else resembles one. At most three queries, of a row each, and one more for each word that
    may have a typing error, of the known words that it may resemble.
    """
    wanted = words_of(typed[:MOST_TYPED])
    if not wanted:
        return None
    stages: Iterable[Callable[[], ColumnElement[bool]]] = (
        lambda: func.replace(func.lower(_contracts.c.reference), "-", "") == "".join(wanted),
        lambda: and_(*map(_has_beginning, wanted)),
        lambda: and_(*(_has_resembling(session, word) for word in wanted)),
    )
    fitting = (stage() for stage in stages)
    return next((each for each in fitting if session.scalar(select(_any(among, each)))), None)


def _any(among: ColumnElement[bool], fits: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(_contracts.c.id).where(among, fits).exists()


def _has_beginning(word: str) -> ColumnElement[bool]:
    """The condition that some word begins with this one."""
    return _says(f"-{word}", f" {word}")


def _has_resembling(session: Session, word: str) -> ColumnElement[bool]:
    """The condition that some word begins with this one, or equals it but for a typing error or two."""
    return or_(_has_beginning(word), *(_says(f"-{each}-", f" {each} ") for each in _resembling(session, word)))


def _says(in_reference: str, in_words: str) -> ColumnElement[bool]:
    of_partner = select(_partners.c.id).where(_partners.c.words.contains(in_words, autoescape=True))
    return or_(
        _reference.contains(in_reference, autoescape=True),
        _contracts.c.words.contains(in_words, autoescape=True),
        _contracts.c.partner_id.in_(of_partner),
    )


def _resembling(session: Session, word: str) -> list[str]:
    """The known words that equal this one but for a typing error or two."""
    slips = slips_in(word)
    if not slips:
        return []
    known = _known.c.word
    first, *others, last = parts_of(word)
    alike = or_(
        known.startswith(first, autoescape=True),
        known.endswith(last, autoescape=True),
        *(known.contains(each, autoescape=True) for each in others),
    )
    letters = func.length(known).between(len(word) - slips, len(word) + slips)
    found = session.connection().scalars(select(known).where(letters, alike))
    return [each for each in found if resembles(word, each)]
