"""How a channel can come to its end for Liaison."""

from enum import StrEnum


class ChannelEnd(StrEnum):
    """Why Liaison can post in a channel no more, as the end of a sentence about the channel."""

    ARCHIVED = "was archived"
    DELETED = "was deleted"
    LEFT = "no longer has Liaison in it"
