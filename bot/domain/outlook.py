"""How whoever reports sees the delivery as a whole: red, amber or green (RAG), on three points."""

from dataclasses import dataclass
from enum import StrEnum


class Rag(StrEnum):
    """Three points, the best first."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"


@dataclass(frozen=True, slots=True)
class Outlook:
    """A point, why it is that, and the path back to green; without a point nothing was said."""

    rag: Rag | None = None
    reason: str = ""
    path: str = ""

    @property
    def needs_a_path(self) -> bool:
        """Whether it is anything but green: then the reason and the path have to be said."""
        return self.rag not in (None, Rag.GREEN)


UNSAID = Outlook()
