"""A register file that somebody sends to Liaison: first a preview of its changes, then the import."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.delivery.outbox import OutgoingMessage
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience
from bot.policy import RegisterPermission
from bot.services.portfolio.plan import Plan, lines
from bot.services.portfolio.planning import plan
from bot.services.portfolio.slices import SlicedPlan
from bot.services.portfolio.source import Rows
from bot.services.unit_of_work import ActorContext

MOST_LINES = 60


@dataclass(frozen=True)
class DroppedFile:
    """A file from Slack, its owner, and its rows."""

    id: str
    owner: str
    rows: Rows


@dataclass(frozen=True)
class ImportPreview:
    """The effect of a file, line by line; `digest` identifies all of it. `is_one_write`: it is written at once."""

    file: DroppedFile
    lines: Sequence[str]
    more: int
    changes: int
    digest: str
    is_one_write: bool


def check_may_import(ctx: ActorContext) -> None:
    """Refuse an actor who may not import files. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)


def preview(ctx: ActorContext, file: DroppedFile, key: str) -> OutgoingMessage:
    """The message that tells the actor what their file would do. This is the slow part, and it only reads.

    Raises `CannotImport` with every fault, or `Denied`.
    """
    made = _planned(ctx, file)
    effects, is_one_write = list(lines(made)), len(SlicedPlan(made).slices) == 1
    more = max(len(effects) - MOST_LINES, 0)
    shown = ImportPreview(file, effects[:MOST_LINES], more, len(made), _digest(effects), is_one_write)
    message = ctx.messages.message("files/import_plan", preview=shown)
    why = f"you sent Liaison the file {file.rows.file}"
    return OutgoingMessage(key, ctx.actor.slack, Audience.INTERNAL, message, why)


def plan_as_shown(ctx: ActorContext, file: DroppedFile, digest: str) -> Plan:
    """The plan of a file of the actor's, if it still does what the preview showed.

    Raises `UserError`, `CannotImport` or `Denied`.
    """
    made = _planned(ctx, file)
    if _digest(list(lines(made))) != digest:
        raise UserError(
            "The register has changed since this was worked out, so nothing was imported. "
            "Send the file again to see what it would do now."
        )
    return made


def _planned(ctx: ActorContext, file: DroppedFile) -> Plan:
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    if file.owner != ctx.actor.slack:
        raise Denied("This file is somebody else's, so nothing was done. Send it yourself.", "not the file's owner")
    return plan(ctx, file.rows)


def _digest(told: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
