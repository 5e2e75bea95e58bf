"""Files that people give as evidence: what is kept of one beside its bytes."""

import hashlib
from dataclasses import dataclass
from typing import Any

from bot.domain.evidence import kind_of
from bot.identity import Denied
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class GivenFile:
    """A file from Slack: its name, its content, and the Slack user who uploaded it."""

    name: str
    owner: str
    content: bytes


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept, or made, for somebody to have."""

    name: str
    content: bytes


def described(ctx: ActorContext, file: GivenFile | None) -> dict[str, Any]:
    """The columns of a file: its name, type, size and hash. Raises `UserError` for one of another kind, or `Denied` for
    somebody else's."""
    if file is None:
        return {}
    if file.owner != ctx.actor.slack:
        raise Denied("This file is somebody else’s, so nothing was done. Attach your own.", "not the file's owner")
    kind = kind_of(file.name, file.content, "file")
    return {
        "file_name": file.name[-255:],
        "file_type": kind.media_type,
        "file_size": len(file.content),
        "file_hash": hashlib.sha256(file.content).hexdigest(),
    }
