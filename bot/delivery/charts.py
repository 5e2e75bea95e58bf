"""The pictures of charts in Slack: each is drawn and uploaded once, and the blocks of messages name its file."""

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
    """The uploaded pictures, and the upload of new ones."""

    database: Database
    slack: Slack
    clock: Clock

    async def with_pictures(self, blocks: Blocks, charts: Sequence[dict[str, Any]]) -> Blocks:
        """The blocks with Slack's file ids in place of the keys of the charts' pictures.

        If Slack refuses a picture (because the scope files:write is missing, say), the blocks go without it: the words
        beside it say the same. Raises `Limited` or `SlackFailure` if a later try may work.
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
        with suppress(IntegrityError):  # another message with the same chart uploaded it first
            await self.database.write(lambda s: insert(s, ChartFile, key=key, slack_file=uploaded, at=now))
        return uploaded


@lru_cache(maxsize=16)
def _drawn(chart: str) -> bytes:
    """A chart's picture, cached for a while: a repeated upload does not draw it again."""
    return draw(from_json(json.loads(chart)))


def without_pictures(blocks: Blocks) -> Blocks:
    """The blocks without the pictures of charts, for when there is no time to upload them."""
    return _placed(blocks, {})


def _placed(blocks: Blocks, files: dict[str, str]) -> Blocks:
    return [placed for block in blocks if (placed := _with_file(block, files)) is not None]


def _with_file(block: dict[str, Any], files: dict[str, str]) -> dict[str, Any] | None:
    named = block.get("slack_file", {}).get("id", "")
    if not named.startswith(PREFIX):
        return block
    file = files.get(named)
    return None if file is None else {**block, "slack_file": {"id": file}}
