"""Faults on demand: what goes wrong on the way between an app and Slack, when a test or a person says so."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from workspace.errors import NotPossible

Json = dict[str, Any]
# What each kind does to a request that its `match` names.
KINDS = {
    "slow": "The request waits before it is handled; what the app answers waits before it is heard.",
    "ratelimited": "429 with Retry-After; nothing is done.",
    "server_error": "500; nothing is done.",
    "service_unavailable": "503 with the error service_unavailable; nothing is done.",
    "internal_error": "200 with the error internal_error; nothing is done.",
    "fatal_error": "It is done, and then 200 with the error fatal_error.",
    "drop_before": "The connection is closed without an answer; nothing is done.",
    "drop_after": "It is done, and then the connection is closed without an answer.",
    "duplicate_event": "The event is delivered a second time after the first was heard.",
    "reorder_events": "The event is held until the next one was delivered, or for so many seconds.",
}
# What Slack says of each: docs.slack.dev/reference/methods/chat.postMessage, errors. Some of it may have been done.
TROUBLES = {"service_unavailable": 503, "internal_error": 200, "fatal_error": 200}
FROM_APP = frozenset({"slow", "ratelimited", "server_error", "drop_before", "drop_after", *TROUBLES})
TO_APP = frozenset({"slow", "drop_before", "drop_after"})
EVENTS = frozenset({"duplicate_event", "reorder_events"})
MOST_SECONDS = 3600


@dataclass
class Fault:
    """One fault: `times` is how often it will still happen, None for until it is removed.

    `match` is a method, a command, or the type of a payload or event, with * for anything: chat.*
    """

    id: int
    kind: str
    match: str
    times: int | None
    seconds: float

    def json(self) -> Json:
        """As the control endpoints show it."""
        return {"id": self.id, "kind": self.kind, "match": self.match, "times": self.times, "seconds": self.seconds}


class Faults:
    """The faults that are waiting to happen, the first added first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._added = 0

    def add(self, data: Json) -> Fault:
        """Order a fault. Raises NotPossible for one that there is not."""
        kind, match, times, seconds = (
            data.get("kind"),
            data.get("match", "*"),
            data.get("times", 1),
            data.get("seconds", 1),
        )
        if not isinstance(kind, str) or kind not in KINDS:
            raise NotPossible(f"kind: one of {', '.join(KINDS)}.")
        if not isinstance(match, str) or not match:
            raise NotPossible("match: a method or a type, such as chat.postMessage, chat.* or *.")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise NotPossible("times: a whole number from 1, or null for until it is removed.")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= MOST_SECONDS:
            raise NotPossible(f"seconds: a number from 0 to {MOST_SECONDS}.")
        self._added += 1
        fault = Fault(self._added, kind, match, times, seconds)
        self._waiting.append(fault)
        return fault

    def take(self, name: str, kinds: frozenset[str]) -> Fault | None:
        """The fault of one of these kinds that happens now to what has this name, if any; it is counted."""
        for fault in self._waiting:
            if fault.kind in kinds and fnmatchcase(name, fault.match):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                return fault
        return None

    def listed(self) -> list[Json]:
        """The faults that are still waiting."""
        return [fault.json() for fault in self._waiting]

    def remove(self, fault_id: int | None = None) -> None:
        """Take one away, or all."""
        self._waiting = [fault for fault in self._waiting if fault_id not in (None, fault.id)]
