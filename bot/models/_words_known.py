"""The words of names, each once: where search looks for what somebody may have meant who made a typing error.

The database adds the words of every name that is written, in whatever way. None is taken out: a word that no name has
any more finds nothing.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from bot.models._model import Model
from bot.models._triggers import after_creating

M = TypeVar("M", bound=type[SQLModel])

_SQLITE = """create trigger %(table)s_words_{moment} after {event} on %(table)s begin
insert into known_word (word) select distinct value
from json_each('["' || replace(trim({line}), ' ', '","') || '"]')
where value <> '' and not exists (select 1 from known_word where word = value); end"""
_POSTGRESQL = (
    """create function %(table)s_words_known() returns trigger language plpgsql as $$ begin
insert into known_word (word) select distinct said from unnest(string_to_array({line}, ' ')) as said
where said <> '' and not exists (select 1 from known_word where word = said) order by said on conflict do nothing;
return null; end $$""",
    "create trigger %(table)s_words_known after insert or update of {columns} on %(table)s "
    "for each row execute function %(table)s_words_known()",
)


class KnownWord(Model, table=True):
    """A word of some contract's reference or title, or of some partner's name, in letters and digits."""

    __tablename__ = "known_word"

    word: str = Field(primary_key=True, sa_type=Text)


def words_known(line: str, columns: str) -> Callable[[M], M]:
    """Make the database add the words of each row of a model: those of `line`, an SQL expression on `columns`."""

    def with_triggers(model: M) -> M:
        for moment, at in (("inserted", "insert"), ("updated", f"update of {columns}")):
            after_creating(model, _SQLITE.format(moment=moment, event=at, line=line), "sqlite")
        for statement in _POSTGRESQL:
            after_creating(model, statement.format(line=line, columns=columns), "postgresql")
        return model

    return with_triggers
