"""What a contract lacks, so that something cannot reach anybody."""

from enum import StrEnum


class Missing(StrEnum):
    """What is missing: a channel to ask the partner in, somebody of the partner's, somebody above the manager."""

    SHARED_CHANNEL = "channel shared with the partner"
    PARTNER_CONTACT = "partner contact"
    LADDER = "somebody to escalate to"
