"""What each template is rendered with: at its smallest, as usual, at its largest, and where it has further states.

Largest is what the database can hold of names and words, with every character that Slack or JSON escapes
and a name that runs from right to left. One module for each journey.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.delivery.messages import TEMPLATES, Message, View
from tests.builders import MESSAGES
from tests.unit.renders import (
    contacts,
    contracts,
    escalations,
    files,
    forms,
    health,
    home,
    nudges,
    partners,
    people,
    progress,
    risks,
    summary,
)
from tests.unit.renders.common import Context


@dataclass(frozen=True)
class Render:
    """One golden render: what it is made with, and what comes of it."""

    template: str
    size: str
    context: Context
    make: Callable[..., Message | View]

    @property
    def name(self) -> str:
        return f"{self.template}.{self.size}"

    def __call__(self) -> dict[str, Any]:
        """The message or view as it goes to Slack."""
        made = self.make(self.template, **self.context)
        return {"text": made.text, "blocks": made.blocks} if isinstance(made, Message) else made


def templates() -> set[str]:
    """Every template that stands for a message or a view."""
    return {
        path.relative_to(TEMPLATES).with_suffix("").as_posix()
        for path in TEMPLATES.rglob("*.j2")
        if not path.name.startswith("_")
    }


JOURNEYS = (
    contacts,
    contracts,
    escalations,
    files,
    forms,
    health,
    home,
    nudges,
    partners,
    people,
    progress,
    risks,
    summary,
)
MESSAGE_RENDERS = [
    Render(template, size, context, MESSAGES.message)
    for journey in JOURNEYS
    for template, sizes in journey.MESSAGE_CONTEXTS.items()
    for size, context in sizes.items()
]
VIEW_RENDERS = [
    Render(template, size, context, MESSAGES.view)
    for journey in JOURNEYS
    for template, sizes in journey.VIEW_CONTEXTS.items()
    for size, context in sizes.items()
]
RENDERS = [*MESSAGE_RENDERS, *VIEW_RENDERS]
