"""What each template is rendered with: at its smallest, as usual, at its largest, and where it has further states.

Largest is what the database can hold of names and words, with every character that Slack or JSON escapes
and a name that runs from right to left. One module for each journey.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from bot.delivery.messages import TEMPLATES, Message, View
from tests.builders import MESSAGES
from tests.unit.renders import (
    audits,
    benefits,
    certificates,
    contacts,
    contracts,
    documents,
    escalations,
    files,
    forms,
    health,
    holidays,
    home,
    money,
    owed,
    partners,
    people,
    progress,
    remedies,
    reminders,
    risks,
    specification,
    spend,
    summary,
)
from tests.unit.renders.common import Context, Contexts


@dataclass(frozen=True)
class Render:
    """One render: what it is made with, and what comes of it."""

    template: str
    size: str
    context: Context
    make: Callable[..., Message | View]

    @property
    def name(self) -> str:
        """What the case is called, whichever folder its template is in."""
        return f"{self.template.replace('/', '_')}.{self.size}"

    @cached_property
    def made(self) -> Message | View:
        """The message or view, made once for all who look at it: they leave it as it is."""
        return self.make(self.template, **self.context)

    def __call__(self) -> dict[str, Any]:
        """The message or view as it goes to Slack."""
        return {"text": self.made.text, "blocks": self.made.blocks} if isinstance(self.made, Message) else self.made


OPTIONS = "common/contract_options"  # what Slack offers while somebody types: no message and no view


def templates() -> set[str]:
    """Every template that stands for a message or a view."""
    paths = (path for path in TEMPLATES.rglob("*.j2") if not path.name.startswith("_"))
    return {path.relative_to(TEMPLATES).with_suffix("").as_posix() for path in paths} - {OPTIONS}


JOURNEYS = (
    audits,
    benefits,
    certificates,
    contacts,
    contracts,
    documents,
    escalations,
    files,
    forms,
    health,
    holidays,
    home,
    money,
    owed,
    remedies,
    reminders,
    partners,
    people,
    progress,
    risks,
    specification,
    spend,
    summary,
)


def _made_of(contexts: Contexts, make: Callable[..., Message | View]) -> list[Render]:
    return [Render(template, size, each, make) for template, sizes in contexts.items() for size, each in sizes.items()]


MESSAGES_OF = {journey.__name__: _made_of(journey.MESSAGE_CONTEXTS, MESSAGES.message) for journey in JOURNEYS}
VIEWS_OF = {journey.__name__: _made_of(journey.VIEW_CONTEXTS, MESSAGES.view) for journey in JOURNEYS}


def renders_of(journey: ModuleType) -> list[Render]:
    """The messages of a journey, and then its views."""
    return MESSAGES_OF[journey.__name__] + VIEWS_OF[journey.__name__]


MESSAGE_RENDERS = [render for renders in MESSAGES_OF.values() for render in renders]
RENDERS = [render for journey in JOURNEYS for render in renders_of(journey)]
