"""Contracts are found by words in the database as by the rule that reads them all."""

import string
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.access import FACTS, ContractRef, Permission
from bot.db import Database, insert_all, table
from bot.domain.search import parts_of, resembles, slips_in, words_of
from bot.models import Contract, KnownWord, Organisation
from bot.services.lookup.contract_search import best_fit
from tests.builders import act, contract
from tests.searching import search

NADIA, AMIRA = "U0NADIA", "U0AMIRA"
WORDS = st.one_of(
    st.sampled_from(["Pathways", "Pathway", "North", "East", "Trust", "café", "Œuvre", "No_7", "100%", "O’Neill"]),
    st.text("abé_%19-' ", min_size=1, max_size=10),
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).filter(lambda name: name.strip())
REFERENCES = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True, alphabet=string.ascii_uppercase[:4] + "01-")


@st.composite
def with_errors(draw: st.DrawFn, word: str) -> str:
    """A word with up to two typing errors, or its beginning."""
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(word)))
        letter = draw(st.sampled_from("abnorthse1"))
        some = (
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
        )
        word = draw(st.sampled_from(some))
    return word[: draw(st.sampled_from([3, 100]))]


@settings(max_examples=80)
@given(st.lists(st.tuples(REFERENCES, NAMES), max_size=6, unique_by=lambda each: each[0]), NAMES, st.data())
def test_the_database_finds_what_the_rule_finds(
    unchanged: Database, made: list[tuple[str, str]], partner: str, data: st.DataObject
) -> None:
    with unchanged.rehearsing() as session:
        register(session, made, partner)
        everything = [partner, *(text for one in made for text in one), "Work Pathways, North East WP-NE"]
        some = sorted({word for text in everything for word in [*words_of(text), text] if word.strip()})
        words = data.draw(st.lists(st.sampled_from(some).flatmap(with_errors), min_size=1, max_size=2))
        for user in (NADIA, AMIRA):
            own = act(session, user).contracts_open_to(Permission.SEE)
            assert found(session, user, " ".join(words)) == [each.id for each in search(" ".join(words), own)]


def register(session: Session, made: Sequence[tuple[str, str]], partner: str) -> None:
    """Add contracts with these references and titles, and give a partner this name."""
    usual = contract(sample=False).model_dump(exclude={"id", "public_id", "folded", "words", "registered_on"})
    insert_all(session, Contract, [{**usual, "reference": f"Z{one}"[:20], "title": title} for one, title in made])
    session.get_one(Organisation, usual["partner_id"]).name = partner
    session.flush()


def found(session: Session, user: str, typed: str) -> list[int]:
    """The ids of the contracts that fit what a person typed, by reference."""
    own = act(session, user).open_to(Permission.SEE)
    fits = best_fit(session, typed, own)
    if fits is None:
        return []
    rows = session.connection().execute(FACTS.where(own, fits))
    return [each.id for each in sorted((ContractRef(*row) for row in rows), key=lambda each: each.reference)]


TYPED = st.text("abc1_", min_size=1, max_size=14)


@given(TYPED.flatmap(lambda word: st.tuples(st.just(word), st.one_of(with_errors(word), TYPED))))
def test_a_word_that_resembles_another_has_one_of_its_parts(words: tuple[str, str]) -> None:
    typed, word = words
    if slips_in(typed) and resembles(typed, word):
        first, *others, last = parts_of(typed)
        assert word.startswith(first) or word.endswith(last) or any(each in word for each in others)


def test_words_are_known_however_they_are_written(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        register(session, [("QX-9", "Zymurgy évaluée")], "Quorn Ltd")
        session.execute(update(Contract).where(col(Contract.reference) == "ZQX-9").values(reference="VV-8"))
        known = {*session.scalars(select(col(KnownWord.word)))}
        assert {"zymurgy", "evaluee", "quorn", "zqx", "9", "vv", "8", "pathways"} <= known
        lines = session.execute(select(table(Contract).c.words)).scalars()
        assert {word for line in lines for word in line.split()} <= known
