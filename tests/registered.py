"""What the bot registers with Bolt: every command, button, form, event and shortcut, by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

import handlers
from bot.app import Liaison, build
from bot.config import Settings


class RecordingApp(AsyncApp):
    """Bolt's own app, which also keeps the name of what is registered with it."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-test", signing_secret="secret")
        self.commands: list[str] = []
        self.actions: list[Any] = []  # by a name, or by a pattern
        self.lists: list[str] = []  # lists whose options Slack asks for
        self.callbacks: list[Any] = []
        self.events: list[str] = []
        self.shortcuts: list[str] = []

    def command(self, command: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own signature
        self.commands.append(command)
        return super().command(command, *args, **kwargs)

    def block_action(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own signature
        self.actions.append(constraints)
        return super().block_action(constraints, *args, **kwargs)

    def block_suggestion(self, action_id: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own
        self.lists.append(action_id)
        return super().block_suggestion(action_id, *args, **kwargs)

    def view_submission(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own
        self.callbacks.append(constraints)
        return super().view_submission(constraints, *args, **kwargs)

    def message_shortcut(self, callback_id: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own
        self.shortcuts.append(callback_id)
        return super().message_shortcut(callback_id, *args, **kwargs)

    def event(self, event: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Bolt's own signature
        self.events.append(event)
        return super().event(event, *args, **kwargs)


@contextmanager
def connected_to_nothing(folder: Path) -> Iterator[Liaison]:
    """The whole bot, built as it is in production; its database would be in this folder."""
    settings = Settings(
        slack_bot_token=SecretStr("xoxb-test"),
        slack_signing_secret=SecretStr("secret"),
        slack_app_token=None,
        slack_client_id=None,
        database_url=f"sqlite:///{folder / 'liaison.db'}",
    )
    built = build(settings)
    yield built
    built.close()


def registered(liaison: Liaison) -> RecordingApp:
    """What every journey registers."""
    recording = RecordingApp()
    handlers.register(recording, liaison.router)
    return recording
