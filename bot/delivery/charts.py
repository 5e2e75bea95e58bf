"""Pictures of charts in Slack: drawn and uploaded once for what they show, and named in the blocks that show them."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.clock import Clock
from bot.db import Database, insert
from bot.delivery.drawing import draw
from bot.delivery.messages import Blocks
from bot.delivery.slack import Refused, Slack, Unsettled
from bot.domain.charts import PREFIX, from_json, picture_key
from bot.models import ChartFile

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Charts:
    """The pictures that are in Slack, and the way there for others."""

    database: Database
    slack: Slack
    clock: Clock

    async def shown(self, blocks: Blocks, charts: Sequence[dict[str, Any]]) -> Blocks:
        """The blocks with Slack's files in the places of the charts' pictures.

        Where Slack takes no picture (the scope files:write is missing, say) the blocks go without it: the words
        beside it say the same. Another SlackFailure where it may work later.
        """
        files: dict[str, str] = {}
        for chart in charts:
            key = picture_key(from_json(chart))
            try:
                files[key] = await self._file(key, chart)
            except (Refused, Unsettled) as failure:
                log.error("a chart's picture could not be put in Slack: %s", failure)
        return _placed(blocks, files) if charts else blocks

    async def _file(self, key: str, chart: dict[str, Any]) -> str:
        known = await self.database.read(lambda session: session.get(ChartFile, key))
        if known is not None:
            return known.slack_file
        picture = await asyncio.to_thread(_drawn, json.dumps(chart))
        uploaded = await self.slack.upload_picture(f"{key.lower()}.png", str(chart["title"]), picture)
        now = self.clock.now()
        with suppress(IntegrityError):  # another message with the same chart was first
            await self.database.write(lambda s: insert(s, ChartFile, key=key, slack_file=uploaded, at=now))
        return uploaded


@lru_cache(maxsize=16)
def _drawn(chart: str) -> bytes:
    """A chart's picture, at hand for a while: where Slack did not take it, it is sent again and not drawn again."""
    return draw(from_json(json.loads(chart)))


def without_pictures(blocks: Blocks) -> Blocks:
    """The blocks without the pictures of charts: what is sent where there was no time for them."""
    return _placed(blocks, {})


def _placed(blocks: Blocks, files: dict[str, str]) -> Blocks:
    return [placed for block in blocks if (placed := _with_file(block, files)) is not None]


def _with_file(block: dict[str, Any], files: dict[str, str]) -> dict[str, Any] | None:
    named = block.get("slack_file", {}).get("id", "")
    if not named.startswith(PREFIX):
        return block
    file = files.get(named)
    return None if file is None else {**block, "slack_file": {"id": file}}
