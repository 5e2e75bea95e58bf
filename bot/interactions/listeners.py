"""What listens to Slack: one listener of Bolt's for each kind of request, and behind it a table of names.

Bolt asks its listeners one after another whether a request is theirs, and builds every argument that a listener could
have for each question. Behind hundreds of buttons that took a third of a command's time; a table takes one look.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.response import BoltResponse

from bot.log_context import task

log = logging.getLogger(__name__)
Listener = Callable[[dict[str, Any], AsyncAck, AsyncRespond], Awaitable[BoltResponse | None]]
"""What answers a request: it acknowledges, or returns the status of what Slack is to send again."""
ANYTHING = re.compile("")


class Names(dict[str, Listener]):
    """The listeners of one kind of request, by the names that Slack gives: a command, or what a button is called."""

    def add(self, name: str, listener: Listener) -> None:
        """Add a listener. Raises `ValueError` if there is one of this name."""
        if name in self:
            raise ValueError(f"{name} is registered twice")
        self[name] = listener

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches these names and no other: Bolt answers what nobody listens to."""
        return re.compile(rf"\A(?:{'|'.join(map(re.escape, self))})\Z")


@dataclass
class Listeners:
    """What listens to each kind of request. `instead` and `refuses` answer the buttons and forms of no known name: an
    earlier version made them."""

    commands: Names = field(default_factory=Names)
    buttons: Names = field(default_factory=Names)
    lists: Names = field(default_factory=Names)
    shortcuts: Names = field(default_factory=Names)
    forms: Names = field(default_factory=Names)
    events: Names = field(default_factory=Names)
    instead: Listener | None = None
    refuses: Listener | None = None

    def register(self, app: AsyncApp) -> None:
        """Have Bolt pass every request to its listener."""
        app.command(self.commands.pattern)(_by("command", self.commands, lambda body: body["command"]))
        app.block_suggestion(self.lists.pattern)(_by("list", self.lists, lambda body: body["action_id"]))
        app.message_shortcut(self.shortcuts.pattern)(_by("shortcut", self.shortcuts, lambda body: body["callback_id"]))
        app.event(self.events.pattern)(_by("event", self.events, lambda body: body["event"]["type"]))
        pressed = _by("button", self.buttons, lambda body: body["actions"][0]["action_id"], self.instead)
        app.block_action(ANYTHING)(pressed)
        app.view_submission(ANYTHING)(_by("form", self.forms, lambda body: body["view"]["callback_id"], self.refuses))


def _by(
    kind: str,
    listeners: Mapping[str, Listener],
    name_of: Callable[[dict[str, Any]], str],
    otherwise: Listener | None = None,
) -> Listener:
    """The listener that passes a request on to the one of its name, or `otherwise`. There the request gets the
    reference under which the log has it."""

    async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> BoltResponse | None:
        name = name_of(body)
        listener = listeners.get(name, otherwise)
        if listener is None:
            return None
        with task(f"{kind} {name}"):
            try:
                return await listener(body, ack, respond)
            except Exception:  # where nobody waits for an answer, as with an event: Slack sends it again
                log.exception("fault")
                return BoltResponse(status=500)

    return listen
