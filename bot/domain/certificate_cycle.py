"""The life cycle of a certificate: its evidence is awaited, submitted by the partner, and verified, period after
period."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class CertificateState(StrEnum):
    """The state of a certificate's evidence."""

    AWAITED = "awaited"
    SUBMITTED = "submitted"
    VERIFIED = "verified"


class CertificateEvent(StrEnum):
    """What becomes of a certificate."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REFUSED = "refused"


CHECKED_WITHIN = 5  # working days in which the department checks evidence that came
LAPSED_FOR = 2  # working days after its end at which a certificate that was not renewed is escalated

_S, _E, _GIVES, _CHECKS = CertificateState, CertificateEvent, Permission.GIVE_EVIDENCE, Permission.CHANGE
_CHECK, _GIVEN = "the check", "evidence given"

# Evidence for the next period may come while the present one is in force, and again until it is checked. What somebody
# has seen elsewhere is verified at once.
CERTIFICATE: LifeCycle[CertificateState, CertificateEvent] = LifeCycle(
    "This certificate",
    _S.AWAITED,
    (
        Transition(_S.AWAITED, _E.SUBMITTED, _S.SUBMITTED, _GIVES, _CHECK, _GIVEN),
        Transition(_S.AWAITED, _E.VERIFIED, _S.VERIFIED, _CHECKS, "the next period", "certificate verified"),
        Transition(_S.SUBMITTED, _E.SUBMITTED, _S.SUBMITTED, _GIVES, _CHECK, _GIVEN),
        Transition(_S.SUBMITTED, _E.VERIFIED, _S.VERIFIED, _CHECKS, "the next period", "certificate verified"),
        Transition(
            _S.SUBMITTED, _E.REFUSED, _S.AWAITED, _CHECKS, "the evidence", "evidence refused", needs_reason=True
        ),
        Transition(_S.VERIFIED, _E.SUBMITTED, _S.SUBMITTED, _GIVES, _CHECK, _GIVEN),
    ),
)
