"""A register file sent to Liaison in a direct message: first a preview, with a button to import it."""

from datetime import timedelta
from functools import partial

from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Refused
from bot.interactions import error_responses
from bot.interactions.payloads import Click, Event
from bot.interactions.response import ActorUnits, Response, reads
from bot.interactions.router import Router
from bot.services.portfolio import dropped_files
from bot.services.portfolio.dropped_files import DroppedFile
from bot.services.portfolio.reading_process import FileReader
from bot.services.portfolio.source import SENT, too_large
from bot.services.portfolio.writing import Imported, write_import
from bot.services.unit_of_work import ActorContext

FETCH_WITHIN = timedelta(seconds=120)  # longer than a file waits and is read


def register(router: Router) -> None:
    """Register the message event and the button."""
    reader = FileReader()
    router.on_event(
        "message",
        reads(partial(dropped, reader), takes_long=True),
        explain=error_responses.direct_message_error,
        matters=has_a_file,
    )
    router.on_click("import_file", reads(partial(import_it, reader), takes_long=True))


def has_a_file(event: Event) -> bool:
    """Whether a direct message brings a file; any other message is ignored and not recorded."""
    return event.about.get("subtype") == "file_share" and event.about.get("channel_type") == "im"


def dropped(reader: FileReader, ctx: ActorContext, event: Event) -> Response:
    """Send a preview of what the file would do."""
    dropped_files.check_may_import(ctx)
    file_id = str(event.about["files"][0]["id"])

    def then(ctx: ActorContext, file: DroppedFile) -> Response:
        draft = dropped_files.preview(ctx, file, f"import {event.key}")
        return Response(further=partial(_send, draft=draft))

    return Response.after(partial(fetch, reader, file_id=file_id), then, FETCH_WITHIN)


def _send(ctx: ActorContext, draft: OutgoingMessage) -> Response:
    ctx.enqueue(draft)
    return Response()


def import_it(reader: FileReader, ctx: ActorContext, click: Click) -> Response:
    """Import the file, if it still does what the preview showed. The button carries the file and the preview, as an
    unverified claim. It is written in units of its own, after the acknowledgement, and the answer comes at its end."""
    dropped_files.check_may_import(ctx)
    file_id, _, digest = click.value.partition(" ")

    def then(_ctx: ActorContext, file: DroppedFile) -> Response:
        return Response(in_units=partial(importing, file=file, digest=digest))

    return Response.after(partial(fetch, reader, file_id=file_id), then, FETCH_WITHIN)


async def importing(units: ActorUnits, file: DroppedFile, digest: str) -> Response:
    """Import a file, and say what came of it. Raises `CannotImport`, `UserError` or `Denied`."""
    planned = partial(dropped_files.plan_as_shown, file=file, digest=digest)
    done: Imported = await write_import(units, planned, allow=dropped_files.check_may_import)
    return await units.read(
        lambda ctx: Response.says(ctx.messages.message("files/import_done", done=done.sentence), in_place=True)
    )


async def fetch(reader: FileReader, slack: Slack, file_id: str) -> DroppedFile:
    """The rows of a file. Raises `CannotImport` or `SlackFailure`."""
    try:
        file = await slack.file(file_id, SENT.megabytes * 1_000_000)
    except Refused as refused:
        if str(refused) == "file_too_large":
            raise too_large("The file", f"{SENT.megabytes} megabytes") from refused
        raise
    return DroppedFile(file.id, file.owner, await reader.read(file.name, file.content))
