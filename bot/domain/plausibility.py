"""Whether a figure is so far from the last accepted ones that it is asked about before it is taken.

A figure is far if it is more than 3 times away from the lowest or the highest of the last 12 accepted, on the other
side of 0 from all of them, or among them only when it is moved by two places, as 0.972 is beside 97. Without an
accepted figure there is no question.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.figures import Unit, format_figure

COMPARED = 12  # accepted figures
TIMES_AWAY, OFF_SCALE = 3, 100


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure that is far from the last accepted ones, which lie between `lowest` and `highest`."""

    value: Decimal
    lowest: Decimal
    highest: Decimal
    months: int
    meant: Decimal | None = None

    def in_words(self, name: str, unit: Unit) -> str:
        """The question: what was given for the KPI, beside what is usual."""
        usual = format_figure(self.lowest, unit)
        if self.highest != self.lowest:
            usual += f" to {format_figure(self.highest, unit)}"
        over = f"the last {self.months} accepted were" if self.months > 1 else "the last one accepted was"
        meant = f" Did you mean {format_figure(self.meant, unit)}?" if self.meant is not None else ""
        return f"{name}: {format_figure(self.value, unit)}, and {over} {usual}.{meant}"


def doubt(value: Decimal, accepted: Sequence[Decimal]) -> Doubt | None:
    """The doubt about a figure; None if it is near the accepted ones, or there are none. The newest ones come first."""
    among = accepted[:COMPARED]
    if not among:
        return None
    lowest, highest = min(among), max(among)
    moved = [] if lowest <= value <= highest or lowest <= 0 <= highest else [value * OFF_SCALE, value / OFF_SCALE]
    meant = next((each for each in moved if lowest <= each <= highest), None)
    if meant is None and not _is_far(value, among):
        return None
    return Doubt(value, lowest, highest, len(among), meant)


def _is_far(value: Decimal, among: Sequence[Decimal]) -> bool:
    """Whether a figure is more than 3 times away. 0 counts as 1, as nothing is a number of times away from it."""
    if value and all(each * value < 0 for each in among):
        return True
    sizes = [abs(each) or Decimal(1) for each in among]
    size = abs(value) or Decimal(1)
    return size > max(sizes) * TIMES_AWAY if value and size > max(sizes) else size * TIMES_AWAY < min(sizes)


def key_of(figures: Mapping[int, Decimal]) -> str:
    """A key of doubtful figures by KPI: who confirmed them confirms no others."""
    written = " ".join(f"{number}={figures[number].normalize():f}" for number in sorted(figures))
    return hashlib.sha256(written.encode()).hexdigest()[:16]
