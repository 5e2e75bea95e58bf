"""A file dropped on Liaison in a direct message: the dry run first, with a button to go ahead."""

import asyncio
from datetime import timedelta
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.services import dropped_files
from bot.services.dropped_files import DroppedFile
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import MOST_MEGABYTES
from bot.services.work import Act
from bot.slack import Slack
from handlers import explaining
from handlers.arrivals import Click, Event
from handlers.desk import Desk
from handlers.outcome import Outcome

FETCH_WITHIN = timedelta(seconds=60)


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_event(app, "message", dropped, explain=explaining.in_direct_message, takes_long=True, matters=has_a_file)
    desk.on_click(app, "import_file", import_it, takes_long=True)


def has_a_file(event: Event) -> bool:
    """Whether a message brings a file to a direct message: of all others, nothing is asked and nothing written down."""
    return event.about.get("subtype") == "file_share" and event.about.get("channel_type") == "im"


def dropped(act: Act, event: Event) -> Outcome:
    """Say what the file would do."""
    dropped_files.check_may_import(act)
    file_id = str(event.about["files"][0]["id"])

    def then(act: Act, file: DroppedFile) -> Outcome:
        dropped_files.rehearse(act, file, f"import {event.key}")
        return Outcome()

    return Outcome.after(partial(fetch, file_id=file_id), then, FETCH_WITHIN)


def import_it(act: Act, click: Click) -> Outcome:
    """Go ahead, if the file still does what was shown. The button carries the file and what was shown, as a claim."""
    dropped_files.check_may_import(act)
    file_id, _, digest = click.value.partition(" ")

    def then(act: Act, file: DroppedFile) -> Outcome:
        done = dropped_files.carry_out(act, file, digest)
        return Outcome.says(act.messages.message("import_done", done=done), in_place=True, keep=True)

    return Outcome.after(partial(fetch, file_id=file_id), then, FETCH_WITHIN)


async def fetch(slack: Slack, file_id: str) -> DroppedFile:
    """A file's rows, read on a thread of its own. CannotImport, or a SlackFailure."""
    file = await slack.file(file_id, MOST_MEGABYTES * 1_000_000)
    rows = await asyncio.to_thread(read_bytes, file.name, file.content, dropped_files.MOST_ROWS)
    return DroppedFile(file.id, file.owner, rows)
