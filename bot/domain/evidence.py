"""Files that are taken as evidence: which kinds, how large, and how each is told from the others by its content."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.wording import join_words, quoted
from bot.errors import UserError

MOST_MEGABYTES = 10
MOST_BYTES = MOST_MEGABYTES * 1_000_000
_WORD_PART = "word/document.xml"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its media type, the endings of its name, and whether some content is of it."""

    name: str
    media_type: str
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]


def _begins(*signature: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signature)


def _is_word(content: bytes) -> bool:
    """Whether it is a zip file with a Word document in it; nothing of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _WORD_PART in packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


KINDS = (
    FileKind("PDF", "application/pdf", ("pdf",), _begins(b"%PDF-")),
    FileKind("PNG", "image/png", ("png",), _begins(b"\x89PNG\r\n\x1a\n")),
    FileKind("JPEG", "image/jpeg", ("jpg", "jpeg"), _begins(b"\xff\xd8\xff")),
    FileKind(
        "DOCX",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ("docx",),
        _is_word,
    ),
)
ENDINGS = [ending for kind in KINDS for ending in kind.endings]
NAMES = join_words([kind.name for kind in KINDS], "or")


def too_large(field: str) -> UserError:
    """The refusal of a file with more bytes than are kept."""
    return UserError(
        f"This file is larger than {MOST_MEGABYTES} MB, so nothing was sent. Attach a smaller one, or give a link.",
        field=field,
    )


def kind_of(name: str, content: bytes, field: str) -> FileKind:
    """The kind of a file, by the ending of its name and its content. Raises `UserError` for one that is not taken."""
    if len(content) > MOST_BYTES:
        raise too_large(field)
    ending = name.rpartition(".")[2].lower()
    named = next((kind for kind in KINDS if ending in kind.endings), None)
    if named is None:
        raise UserError(f"{quoted(name)} is not a {NAMES} file, so nothing was sent. Attach one of these.", field=field)
    if not named.fits(content):
        raise UserError(
            f"{quoted(name)} has the name of a {named.name} file, but not the content, so nothing was sent. Attach the "
            "document itself.",
            field=field,
        )
    return named
