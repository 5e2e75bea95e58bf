"""A file of the register that somebody dropped on Liaison: first what it would change, then the change itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.access import Keeping
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience
from bot.outbox import Draft
from bot.services.portfolio.applying import apply
from bot.services.portfolio.plan import Plan, lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.source import Rows
from bot.services.work import Act

MOST_ROWS = 20_000  # more would keep everybody else waiting for too long: the command line takes them
MOST_LINES = 60


class PlanChanged(UserError):
    """The register has changed since the plan was shown, so that the file would do something else now."""

    def __init__(self) -> None:
        super().__init__(
            "The register has changed since this was worked out, so nothing was imported. "
            "Send the file again to see what it would do now."
        )


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


def check_may_import(act: Act) -> None:
    """Refuse whoever may not import files. Denied."""
    act.require_keeper(Keeping.ADMINISTER)


def rehearse(act: Act, file: DroppedFile, key: str) -> Rehearsal:
    """Tell the asker what a file of theirs would do; nothing is changed. CannotImport names every fault; Denied."""
    made = _planned(act, file)
    told = list(lines(made))
    rehearsal = Rehearsal(file, told[:MOST_LINES], max(len(told) - MOST_LINES, 0), len(made), _digest(told))
    message = act.messages.message("import_plan", rehearsal=rehearsal)
    why = f"you sent Liaison the file {file.rows.file}"
    act.enqueue(Draft(key, act.actor.slack, Audience.INTERNAL, message, why))
    return rehearsal


def carry_out(act: Act, file: DroppedFile, digest: str) -> str:
    """Import a file of the asker's, if it still does what was shown to them; what was done, in a sentence.

    PlanChanged, CannotImport, Denied.
    """
    made = _planned(act, file)
    if _digest(list(lines(made))) != digest:
        raise PlanChanged
    apply(act, made)
    return summary(made)


def _planned(act: Act, file: DroppedFile) -> Plan:
    act.require_keeper(Keeping.ADMINISTER)
    if file.owner != act.actor.slack:
        raise Denied("This file is somebody else's, so nothing was done. Send it yourself.", "not the file's owner")
    return plan(act, file.rows)


def _digest(told: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
