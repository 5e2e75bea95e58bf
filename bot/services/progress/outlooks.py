"""The red, amber or green (RAG) of a report: it belongs to whoever sent it, and never changes a rating."""

from bot.domain.outlook import UNSAID, Outlook, Rag
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.services.texts import optional_text

MOST = 1_000  # characters of a reason, and of a path


class NotARag(UserError):
    """What was chosen is none of the three points."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"{quoted(typed)} is not red, amber or green. Choose one of the list.", field="rag")


class NeedsAReason(UserError):
    """Anything but green says why."""

    def __init__(self, rag: Rag) -> None:
        super().__init__(f"Say why it is {rag.lower()}.", field="rag_reason")


class NeedsAPath(UserError):
    """Anything but green says how it becomes green again."""

    def __init__(self, rag: Rag) -> None:
        super().__init__(f"It is {rag.lower()}: say what will be done, and by when it is green.", field="path_to_green")


class WordsWithoutRag(UserError):
    """A reason or a path was given, and no point."""

    def __init__(self) -> None:
        super().__init__("Choose red, amber or green for what you say below, or leave that blank.", field="rag")


def outlook(rag: str, reason: str, path: str, *, deliberate: bool = False) -> Outlook:
    """What was entered about a delivery as a whole; nothing at all is fine, which is UNSAID. `deliberate`: who sends it
    was warned of a personal detail, and it stays.

    NotARag, NeedsAReason, NeedsAPath, WordsWithoutRag, and what optional_text refuses.
    """
    words = [
        optional_text(text, what=what, at_most=MOST, field=field, deliberate=deliberate)
        for text, what, field in ((reason, "the reason", "rag_reason"), (path, "the path to green", "path_to_green"))
    ]
    if not rag.strip():
        if any(words):
            raise WordsWithoutRag
        return UNSAID
    point = next((each for each in Rag if each.casefold() == rag.strip().casefold()), None)
    if point is None:
        raise NotARag(rag)
    said = Outlook(point, *words)
    if said.needs_a_path and not said.reason:
        raise NeedsAReason(point)
    if said.needs_a_path and not said.path:
        raise NeedsAPath(point)
    return said
