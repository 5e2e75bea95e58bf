"""The life cycles of what partners are told, a memo or a policy: of each version of it, and of an exception to it."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.life_cycle import Cause, LifeCycle, Transition
from bot.domain.permissions import Permission


class DocumentKind(StrEnum):
    """What a document is. One series of numbers for each."""

    MEMO = "memo"
    POLICY = "policy"

    @property
    def noun(self) -> str:
        """One of them, in a sentence."""
        return "change memo" if self is DocumentKind.MEMO else "policy"

    @property
    def nouns(self) -> str:
        """Several of them."""
        return "change memos" if self is DocumentKind.MEMO else "policies"

    @property
    def called(self) -> str:
        """What it is called in front of its number."""
        return "Change memo" if self is DocumentKind.MEMO else "Policy"


class VersionState(StrEnum):
    """How far a version of a document has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class VersionEvent(StrEnum):
    """What becomes of a version."""

    APPROVED = "approved"
    CHANGED = "changed"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


NOT_ISSUED = (VersionState.DRAFT, VersionState.APPROVED)
REVIEWED_EVERY = 12  # months in which a policy is reviewed
OVER = (VersionState.SUPERSEDED, VersionState.WITHDRAWN)  # asks nobody any more

_S, _E, _MANAGES = VersionState, VersionEvent, Permission.CHANGE
_ISSUED = (
    Transition(_S.ISSUED, _E.SUPERSEDED, _S.SUPERSEDED, Cause.LIAISON),
    Transition(_S.ISSUED, _E.WITHDRAWN, _S.WITHDRAWN, _MANAGES, "", "withdrawn", needs_reason=True),
)

MEMO: LifeCycle[VersionState, VersionEvent] = LifeCycle(
    "This memo",
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.ISSUED, _S.ISSUED, _MANAGES, "the acknowledgements", "issued"),
        Transition(_S.DRAFT, _E.DISCARDED, _S.DISCARDED, _MANAGES, "", "draft discarded"),
        *_ISSUED,
    ),
)
POLICY: LifeCycle[VersionState, VersionEvent] = LifeCycle(
    "This policy",
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.APPROVED, _S.APPROVED, Permission.APPROVE, "its issue", "approved"),
        Transition(_S.APPROVED, _E.CHANGED, _S.DRAFT, _MANAGES, "its approval"),
        Transition(_S.DRAFT, _E.DISCARDED, _S.DISCARDED, _MANAGES, "", "draft discarded"),
        Transition(_S.APPROVED, _E.ISSUED, _S.ISSUED, _MANAGES, "the acknowledgements", "issued"),
        Transition(_S.APPROVED, _E.DISCARDED, _S.DISCARDED, _MANAGES, "", "draft discarded"),
        *_ISSUED,
    ),
)
CYCLES: Mapping[DocumentKind, LifeCycle[VersionState, VersionEvent]] = {
    DocumentKind.MEMO: MEMO,
    DocumentKind.POLICY: POLICY,
}


class ExceptionState(StrEnum):
    """How far a request for an exception has come."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class ExceptionEvent(StrEnum):
    """The two ways to decide on a request for an exception."""

    GRANTED = "granted"
    REFUSED = "refused"


EXCEPTION: LifeCycle[ExceptionState, ExceptionEvent] = LifeCycle(
    "This exception",
    ExceptionState.ASKED,
    (
        Transition(
            ExceptionState.ASKED,
            ExceptionEvent.GRANTED,
            ExceptionState.GRANTED,
            _MANAGES,
            "its end",
            "exception granted",
        ),
        Transition(
            ExceptionState.ASKED,
            ExceptionEvent.REFUSED,
            ExceptionState.REFUSED,
            _MANAGES,
            "",
            "exception refused",
            needs_reason=True,
        ),
    ),
)
