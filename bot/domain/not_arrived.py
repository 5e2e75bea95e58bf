"""Why a message did not arrive, in words, and what the person who can mend it has to do."""

from enum import StrEnum


class Mend(StrEnum):
    """What is to be done."""

    BIND = "bind another channel"
    BIND_FIRST = "bind a channel"
    BIND_PORTFOLIO = "bind another channel to the portfolio"
    INVITE = "invite Liaison"
    APPOINT = "name somebody else"
    LOOK = "look at the message"


# Slack's codes for a message that waits until Liaison is let into its channel.
NOT_LET_IN = ("not_in_channel", "channel_not_found")
_GONE = frozenset({"user_disabled", "user_not_found", "users_not_found", "cannot_dm_bot", "user_not_visible"})
_IN_WORDS = {
    "user_disabled": "their Slack account is deactivated",
    "user_not_found": "Slack does not know them any more",
    "users_not_found": "Slack does not know them any more",
    "user_not_visible": "Liaison shares no channel with them in Slack",
    "is_archived": "the channel is archived",
    "not_in_channel": "Liaison is not in the channel",
    "channel_not_found": "Liaison is not in the channel, or it was deleted",
    "restricted_action": "Slack lets only some people post in the channel",
}


def in_words(reason: str) -> str:
    """The reason that Slack or Liaison gave, for people: Slack's codes in words."""
    return _IN_WORDS.get(reason, reason)


def mend_channel(reason: str, *, is_withheld: bool, has_contract: bool) -> Mend:
    """What to do about a channel."""
    if reason in NOT_LET_IN:
        return Mend.INVITE
    if not is_withheld and reason not in _IN_WORDS:
        return Mend.LOOK
    return Mend.BIND if has_contract else Mend.BIND_PORTFOLIO


def mend_person(reason: str, *, is_withheld: bool) -> Mend:
    """What to do about a person who cannot be messaged."""
    return Mend.APPOINT if is_withheld or reason in _GONE else Mend.LOOK
