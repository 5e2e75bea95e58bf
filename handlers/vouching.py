"""Asking Slack who people are before they are added to the register."""

import asyncio
from collections.abc import Sequence

from bot.identity import Identity
from bot.slack import Slack


async def identities_of(slack: Slack, users: Sequence[str]) -> list[Identity]:
    """What Slack says of several people, asked at once."""
    return list(await asyncio.gather(*(slack.identity(user) for user in users)))
