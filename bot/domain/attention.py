"""When a contract needs attention: the one rule behind every place that counts or lists those that do."""

from bot.domain.ratings import Rating
from bot.domain.scores import Band

POOR = frozenset({Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE})


def needs_attention(rating: Rating, *, is_late: bool, worst_risk: Band | None) -> bool:
    """Whether a contract needs somebody: its last report is rated below Approaching target, something on it is late, or
    it has a very high risk."""
    return rating in POOR or is_late or worst_risk is Band.VERY_HIGH
