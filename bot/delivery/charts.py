"""The pictures of charts in Slack: each is drawn and uploaded once, and the blocks of messages name its file."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.clock import Clock
from bot.db import Database, insert
from bot.delivery.drawing import draw
from bot.delivery.messages import Blocks
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Refused, Unsettled
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
        beside it say the same. Raises `NotProcessed`, `Limited` or `SlackFailure` if a later try may work.
        """
        files: dict[str, str] = {}
        for chart in charts:
            key = picture_key(from_json(chart))
            try:
                files[key] = await self._file(key, chart)
            except (Refused, Unsettled) as failure:
                log.error("a chart's picture could not be put in Slack: %s", failure)
        return _placed(blocks, files) if charts else blocks

    async def forget(self, blocks: Blocks) -> None:
        """Forget the files that these blocks name, because Slack does not show them: the next time they are uploaded
        anew."""
        named = _files_in(blocks)
        await self.database.write(lambda s: s.execute(_with_files(named)))

    async def forget_gone(self, blocks: Blocks) -> None:
        """Forget those files of these blocks that Slack no longer has. Raises `SlackFailure`."""
        for block in blocks:
            for file in _files_in([block]):
                try:
                    await self.slack.until_processed(file)
                except Refused:
                    await self.forget([block])

    async def _file(self, key: str, chart: dict[str, Any]) -> str:
        """The file of a chart, uploaded once: a slow one is asked for again."""
        known = await self.database.read(lambda session: session.get(ChartFile, key))
        if known is not None and known.processed:
            return known.slack_file
        file = known.slack_file if known is not None else await self._uploaded(key, chart)
        try:
            await self.slack.until_processed(file)
        except Refused:  # Slack has taken it away meanwhile
            await self.database.write(lambda s: s.execute(_with_files([file])))
            raise
        processed = update(ChartFile).where(col(ChartFile.slack_file) == file).values(processed=True)
        await self.database.write(lambda s: s.execute(processed))
        return file

    async def _uploaded(self, key: str, chart: dict[str, Any]) -> str:
        picture = await asyncio.to_thread(_drawn, json.dumps(chart))
        file = await self.slack.upload_picture(f"{key.lower()}.png", str(chart["title"]), picture)
        now = self.clock.now()
        with suppress(IntegrityError):  # another message with the same chart uploaded it first
            await self.database.write(lambda s: insert(s, ChartFile, key=key, slack_file=file, at=now, processed=False))
        return file


@lru_cache(maxsize=16)
def _drawn(chart: str) -> bytes:
    """A chart's picture, cached for a while: a repeated upload does not draw it again."""
    return draw(from_json(json.loads(chart)))


def without_pictures(blocks: Blocks) -> Blocks:
    """The blocks without pictures of files."""
    return [block for block in blocks if "slack_file" not in block]


def _placed(blocks: Blocks, files: dict[str, str]) -> Blocks:
    return [placed for block in blocks if (placed := _with_file(block, files)) is not None]


def _with_file(block: dict[str, Any], files: dict[str, str]) -> dict[str, Any] | None:
    named = block.get("slack_file", {}).get("id", "")
    if not named.startswith(PREFIX):
        return block
    file = files.get(named)
    return None if file is None else {**block, "slack_file": {"id": file}}


def _files_in(blocks: Blocks) -> list[str]:
    return [block["slack_file"]["id"] for block in blocks if "slack_file" in block]


def _with_files(files: Sequence[str]) -> Delete:
    return delete(ChartFile).where(col(ChartFile.slack_file).in_(files))
