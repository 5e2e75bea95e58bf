"""Parsing a report in free text: "starts 97.2, outcomes 88; two advisers left".

Which numbers are figures is decided in bot.domain.reply_claims; what is not certain is asked about, and nothing is
guessed. A sentence with figures alone is left out of the narrative; every other sentence stays whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.parts import FigureWithParts, check_separators
from bot.domain.reply_claims import Claim, claims_of, is_bare
from bot.domain.reply_tokens import KpiToRead, Sentence, Token, TokenKind, sentences
from bot.domain.wording import join_words, quoted
from bot.errors import UserError

LONGEST_REPLY = 10_000
"""Characters of a reply that is read: the figures of 90 KPIs, and a narrative."""
_AROUND = 40  # characters on either side of a figure that a question repeats


@dataclass(frozen=True)
class ReplyRead:
    """A parsed reply: figures by KPI id, the commentary, and a sentence for each unclear figure."""

    figures: dict[int, FigureWithParts] = field(default_factory=dict)
    commentary: str = ""
    unclear: list[str] = field(default_factory=list)

    @property
    def is_report(self) -> bool:
        """Whether the reply has a figure, clear or unclear."""
        return bool(self.figures or self.unclear)


def read_reply(text: str, kpis: Sequence[KpiToRead]) -> ReplyRead:
    """Parse a reply about these KPIs. Raises nothing: figures that cannot be read are unclear."""
    if len(text) > LONGEST_REPLY:
        return ReplyRead(unclear=[_too_long(text)])
    said = sentences(text, kpis)
    claims = [claims_of(sentence, kpis) for sentence in said]
    read = ReplyRead(commentary=_narrative(text, said, claims))
    _fill(read, text, said, claims, kpis)
    if not read.is_report:
        _ask_about_what_was_named(read, text, said, kpis)
    return read


def _too_long(text: str) -> str:
    return (
        f"This is {len(text):,} characters long, and a reply of up to {LONGEST_REPLY:,} is read. Write the figures "
        "in a reply of their own."
    )


def _fill(
    read: ReplyRead,
    text: str,
    said: Sequence[Sentence],
    claims: Sequence[Sequence[Claim]],
    kpis: Sequence[KpiToRead],
) -> None:
    """Add the figures, and a sentence for each number that cannot be told."""
    by_id, found, asked = {kpi.id: kpi for kpi in kpis}, dict[int, set[FigureWithParts]](), dict[str, None]()
    doubtful: set[int] = set()
    each = [(sentence, claim) for sentence, those in zip(said, claims, strict=True) for claim in those]
    for sentence, claim in sorted(each, key=lambda both: both[1].counts):
        token = sentence.tokens[claim.place]
        kpi = by_id[next(iter(claim.kpis))] if len(claim.kpis) == 1 else None
        if claim.counts and claim.kpis & found.keys():
            continue
        if kpi is None:
            asked[_which(_some(claim.kpis, by_id), token.text)] = None
        elif not claim.clear:
            doubtful.add(kpi.id)
            asked[_several_ways(kpi, _excerpt(text, sentence, token))] = None
        else:
            try:
                found.setdefault(kpi.id, set()).add(_figure(token, kpi))
            except UserError as error:
                doubtful.add(kpi.id)
                asked[f"{kpi.name}: {error.sentence}"] = None
    for number, figures in found.items():
        if len(figures) > 1:
            asked[f"{by_id[number].name} has more than one figure. Give the one that counts."] = None
        elif number not in doubtful:
            read.figures[number] = figures.pop()
    read.unclear.extend(asked)


def _figure(token: Token, kpi: KpiToRead) -> FigureWithParts:
    check_separators(token.text, kpi.unit)
    return kpi.given(token.text)


def _some(numbers: frozenset[int], by_id: dict[int, KpiToRead]) -> list[KpiToRead]:
    return [kpi for number, kpi in by_id.items() if number in numbers]


def _which(kpis: Sequence[KpiToRead], typed: str) -> str:
    return (
        f"{quoted(typed)} could be for {join_words([kpi.code for kpi in kpis], 'or')}. Write which, before the figure."
    )


def _several_ways(kpi: KpiToRead, excerpt: str) -> str:
    return (
        f"{kpi.name}: {quoted(excerpt)} does not say for certain which figure is meant. Write the figure alone after "
        f"the name, for example: {kpi.code} {kpi.example}."
    )


def _excerpt(text: str, sentence: Sentence, token: Token) -> str:
    return text[max(sentence.start, token.start - _AROUND) : min(sentence.end, token.end + _AROUND)].strip()


def _ask_about_what_was_named(read: ReplyRead, text: str, said: Sequence[Sentence], kpis: Sequence[KpiToRead]) -> None:
    """Ask about a KPI that was named beside a number, if nothing at all was read: there is always an answer."""
    by_id = {kpi.id: kpi for kpi in kpis}
    for sentence in said:
        names = [token for token in sentence.tokens if token.kind is TokenKind.NAME]
        number = next((token for token in sentence.tokens if token.kind is TokenKind.FIGURE and not token.other), None)
        if names and number is not None:
            kpi = by_id[min(names[0].kpis)]
            read.unclear.append(_several_ways(kpi, _excerpt(text, sentence, number)))
            return


def _narrative(text: str, said: Sequence[Sentence], claims: Sequence[Sequence[Claim]]) -> str:
    """The text without the sentences that give figures and say nothing else."""
    kept = [not is_bare(sentence, those) for sentence, those in zip(said, claims, strict=True)]
    if all(kept):
        return text.strip()
    words = "".join(text[each.start : each.end] for each, keeps in zip(said, kept, strict=True) if keeps)
    return words.strip().strip(";,").strip()
