"""What a partner is told of a term of their contract that was added, changed or ended: a memo for information."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef
from bot.domain.wording import in_a_sentence, shorten, with_capital
from bot.records import KpiRecord, Term, written
from bot.services import changes
from bot.services.documents import telling
from bot.services.specification.term_kinds import TermKind
from bot.services.unit_of_work import ActorContext

Changes = Mapping[str, Sequence[str]]
LONGEST_LINE = 600  # characters


@dataclass(frozen=True)
class TermNotice:
    """Whom of the partner a message went to, or why nobody could be told."""

    people: int = 0
    unreached: str = ""


def tell(
    ctx: ActorContext, kind: TermKind, contract: ContractRef, subject: str, lines: Sequence[str], since: date | None
) -> TermNotice | None:
    """Tell the partner, in these lines; None where the partner does not know of such terms, or nothing is to be
    told. Raises `UserError` or `Denied`."""
    if not kind.shared or not lines:
        return None
    text = "\n".join(shorten(line, LONGEST_LINE) for line in lines)
    issued = telling.tell(ctx, contract, subject, text, since)
    return TermNotice(unreached=telling.unreached(ctx, contract)) if issued is None else TermNotice(issued.people)


def lines_of(kind: TermKind, made: Changes, *, ended: bool = False) -> list[str]:
    """The changes that the partner may know of, a line for each; when it ended is one of them."""
    fields = kind.record.fields()
    labels = {in_a_sentence(fields[name].label) for name in (*kind.shared, *kind.record.end[:1])}
    known = {label: both for label, both in made.items() if label in labels}
    if ended:
        return [f"{with_capital(label)}: {after}" for label, (_, after) in known.items()]
    return [f"{with_capital(label)}: from {before} to {after}" for label, (before, after) in known.items()]


def lines_of_new(kind: TermKind, after: Term) -> list[str]:
    """What the partner may know of a new term, a line for each field that says something."""
    fields = kind.record.fields()
    values = ((fields[name].label, changes.in_words(written(getattr(after, name)))) for name in kind.shared)
    return [f"{label}: {words}" for label, words in values if words != changes.in_words(None)]


def holds_from(after: Term) -> date | None:
    """The first day for which a term holds as it was entered; None for one that holds at once."""
    return after.since.start if isinstance(after, KpiRecord) and after.since else None
