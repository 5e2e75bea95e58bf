"""A register file sent to Liaison in a direct message: first a preview, with a button to import it."""

import asyncio
from datetime import timedelta
from functools import partial

from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack import Slack
from bot.interactions import error_responses
from bot.interactions.payloads import Click, Event
from bot.interactions.response import Response, asks_and_writes, reads
from bot.interactions.router import Router
from bot.services.portfolio import dropped_files
from bot.services.portfolio.dropped_files import DroppedFile
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import MOST_MEGABYTES
from bot.services.unit_of_work import ActorContext

FETCH_WITHIN = timedelta(seconds=60)


def register(router: Router) -> None:
    """Register the message event and the button."""
    router.on_event(
        "message",
        reads(dropped, takes_long=True),
        explain=error_responses.direct_message_error,
        matters=has_a_file,
    )
    router.on_click("import_file", asks_and_writes(import_it, takes_long=True))


def has_a_file(event: Event) -> bool:
    """Whether a direct message brings a file; any other message is ignored and not recorded."""
    return event.about.get("subtype") == "file_share" and event.about.get("channel_type") == "im"


def dropped(ctx: ActorContext, event: Event) -> Response:
    """Send a preview of what the file would do."""
    dropped_files.check_may_import(ctx)
    file_id = str(event.about["files"][0]["id"])

    def then(ctx: ActorContext, file: DroppedFile) -> Response:
        draft = dropped_files.preview(ctx, file, f"import {event.key}")
        return Response(further=partial(_send, draft=draft))

    return Response.after(partial(fetch, file_id=file_id), then, FETCH_WITHIN)


def _send(ctx: ActorContext, draft: OutgoingMessage) -> Response:
    ctx.enqueue(draft)
    return Response()


def import_it(ctx: ActorContext, click: Click) -> Response:
    """Import the file, if it still does what the preview showed. The button carries the file and the preview, as an
    unverified claim."""
    dropped_files.check_may_import(ctx)
    file_id, _, digest = click.value.partition(" ")

    def then(ctx: ActorContext, file: DroppedFile) -> Response:
        done = dropped_files.import_file(ctx, file, digest)
        return Response.says(ctx.messages.message("files/import_done", done=done), in_place=True)

    return Response.after(partial(fetch, file_id=file_id), then, FETCH_WITHIN)


async def fetch(slack: Slack, file_id: str) -> DroppedFile:
    """The rows of a file, read on a separate thread. Raises `CannotImport` or `SlackFailure`."""
    file = await slack.file(file_id, MOST_MEGABYTES * 1_000_000)
    rows = await asyncio.to_thread(read_bytes, file.name, file.content, dropped_files.MOST_ROWS)
    return DroppedFile(file.id, file.owner, rows)
