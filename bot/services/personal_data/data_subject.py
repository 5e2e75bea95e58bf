"""The person whose data is asked for, and the words by which texts name them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from bot.domain.normalisation import folded
from bot.errors import UserError
from bot.models import DirectChannel, EarlierAccount, Person, SlackUser

MOST_NAMED = 5


@dataclass(frozen=True)
class DataSubject:
    """A person of the register: their Slack accounts with the direct messages of each, and what else names them."""

    id: int
    name: str
    accounts: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def by_account(self) -> re.Pattern[str]:
        """What finds their accounts in a text."""
        return _any_of(self.accounts)

    @cached_property
    def by_name(self) -> re.Pattern[str]:
        """What finds their names and addresses in a text, however they are written."""
        return _any_of(self.names)

    def is_named_in(self, text: str) -> bool:
        """Whether a text names them."""
        plain = unicodedata.normalize("NFC", text)
        return bool(self.by_account.search(plain) or self.by_name.search(plain))


def find_subject(session: Session, typed: str, also: Sequence[str] = ()) -> DataSubject:
    """The person with this Slack id, present or earlier, e-mail address or name. `also` are further words that name
    them, such as a short name. Raises `UserError` for nobody, and for several of the same name."""
    wanted = typed.strip()
    earlier = select(col(EarlierAccount.person_id)).where(col(EarlierAccount.slack) == wanted)
    is_it = or_(
        col(Person.slack) == wanted,
        col(Person.id).in_(earlier),
        (func.lower(col(Person.email)) == wanted.lower()) & (col(Person.email) != ""),
        col(Person.folded) == folded(wanted),
    )
    found = session.scalars(select(Person).where(is_it).order_by(col(Person.id)).limit(MOST_NAMED)).all()
    if not found:
        raise UserError(f"Nobody in the register is {wanted}. Give a name as it is written there, or a Slack id.")
    if len(found) > 1:
        which = ", ".join(each.slack for each in found)
        raise UserError(f"There are several people called {wanted}. Give the Slack id of one of them: {which}.")
    return _subject(session, found[0], also)


def _subject(session: Session, person: Person, also: Sequence[str]) -> DataSubject:
    earlier = select(col(EarlierAccount.slack)).where(col(EarlierAccount.person_id) == person.id)
    own = [person.slack, *session.scalars(earlier)]
    direct = session.scalars(select(col(DirectChannel.channel)).where(col(DirectChannel.slack).in_(own))).all()
    users = session.scalars(select(SlackUser).where(col(SlackUser.slack).in_(own))).all()
    names = [person.name, person.email, *also]
    names += [each for user in users for each in (user.name, user.display_name, user.email or "")]
    return DataSubject(person.id, person.name, (*own, *direct), tuple(dict.fromkeys(filter(None, map(_tidy, names)))))


def _tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of these, whole, with whatever space between their parts; in large or small letters."""
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, each.split())) for each in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)", re.IGNORECASE)
