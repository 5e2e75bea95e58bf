"""What Slack does in one organisation and not in another, or at one time and not at another: each can be switched."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from workspace.errors import NotPossible

Json = dict[str, Any]
MOST_SECONDS = 10 * 365 * 86_400


@dataclass
class Switches:
    """How strict the workspace is where Slack is not always.

    `scanning`: for so many seconds after its upload a file has no type, and no block shows it. `retention`: so many
    seconds after its upload a file is gone, 0 for never. `unshared_pictures`: a response URL takes a picture that is
    shared in no conversation. `team_ids`: payloads name the teams of people, which Slack leaves out of some.
    `organisations`: a shared channel says with whom it is shared.
    """

    scanning: float = 0
    retention: float = 0
    unshared_pictures: bool = True
    team_ids: bool = True
    organisations: bool = True

    def put(self, data: Json) -> None:
        """Set those that are named. Raises NotPossible, and then sets none."""
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in data.items():
            is_switch = isinstance(value, bool)
            if name not in known or is_switch != (known[name] is bool):
                raise NotPossible(f"{name[:40]}: one of {', '.join(known)}, a number of seconds or true or false.")
            if not is_switch and not (isinstance(value, int | float) and 0 <= value <= MOST_SECONDS):
                raise NotPossible(f"{name}: a number of seconds from 0.")
        for name, value in data.items():
            setattr(self, name, value)

    def json(self) -> Json:
        """As the control endpoints show them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def is_scanned(self, age: timedelta) -> bool:
        """Whether a file of this age has been scanned."""
        return age.total_seconds() >= self.scanning

    def is_kept(self, age: timedelta) -> bool:
        """Whether a file of this age is still there."""
        return not self.retention or age.total_seconds() < self.retention
