"""A file of the register that somebody dropped on Liaison: first what it would change, then the change itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.access import RegisterPermission
from bot.delivery.outbox import OutgoingMessage
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience
from bot.services.portfolio.applying import apply
from bot.services.portfolio.plan import Plan, lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.source import Rows
from bot.services.unit_of_work import ActorContext

MOST_ROWS = 20_000  # more would keep everybody else waiting for too long: the command line takes them
MOST_LINES = 60


@dataclass(frozen=True)
class DroppedFile:
    """A file as Slack has it: whose it is, and its rows."""

    id: str
    owner: str
    rows: Rows


@dataclass(frozen=True)
class Rehearsal:
    """What a file would do, line by line; `digest` stands for all of it."""

    file: DroppedFile
    lines: Sequence[str]
    more: int
    changes: int
    digest: str


def check_may_import(ctx: ActorContext) -> None:
    """Refuse whoever may not import files. Denied."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)


def rehearse(ctx: ActorContext, file: DroppedFile, key: str) -> OutgoingMessage:
    """What the asker is to be told a file of theirs would do. This takes the time: it only reads.

    CannotImport names every fault; Denied.
    """
    made = _planned(ctx, file)
    told = list(lines(made))
    rehearsal = Rehearsal(file, told[:MOST_LINES], max(len(told) - MOST_LINES, 0), len(made), _digest(told))
    message = ctx.messages.message("files/import_plan", rehearsal=rehearsal)
    why = f"you sent Liaison the file {file.rows.file}"
    return OutgoingMessage(key, ctx.actor.slack, Audience.INTERNAL, message, why)


def carry_out(ctx: ActorContext, file: DroppedFile, digest: str) -> str:
    """Import a file of the asker's, if it still does what was shown to them; what was done, in a sentence.

    UserError, CannotImport, Denied.
    """
    made = _planned(ctx, file)
    if _digest(list(lines(made))) != digest:
        raise UserError(
            "The register has changed since this was worked out, so nothing was imported. "
            "Send the file again to see what it would do now."
        )
    apply(ctx, made)
    return summary(made)


def _planned(ctx: ActorContext, file: DroppedFile) -> Plan:
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    if file.owner != ctx.actor.slack:
        raise Denied("This file is somebody else's, so nothing was done. Send it yourself.", "not the file's owner")
    return plan(ctx, file.rows)


def _digest(told: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
