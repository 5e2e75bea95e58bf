"""The whole bot, built as it is in production and connected to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.app import Liaison, build
from bot.config import Settings


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
