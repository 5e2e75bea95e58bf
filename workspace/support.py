"""What of Slack is here: every method and event as supported, partial or not supported."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.web_api.methods import KNOWN, METHODS


@dataclass(frozen=True)
class Support:
    """One method or event. `level` is supported, partial or not supported; `note` says what lacks, or why."""

    kind: str
    name: str
    level: str
    note: str = ""


def support_lines() -> list[Support]:
    """Every Web API method of Slack's that is known here, and every event, by name."""
    methods = [Support("method", name, *_level(method.lacks)) for name, method in METHODS.items()]
    methods += [
        Support("method", name, "not supported", reason) for reason, names in KNOWN.items() for name in names.split()
    ]
    return sorted(methods, key=lambda one: one.name)


def _level(lacks: str) -> tuple[str, str]:
    return ("partial", lacks) if lacks else ("supported", "")
