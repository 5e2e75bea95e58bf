"""Which message goes first, where more wait than Slack takes."""

from enum import IntEnum


class Priority(IntEnum):
    """The order between channels. Within a channel, messages leave as they were added."""

    ESCALATION = 0
    ANSWER = 1  # what follows from what somebody did
    PROMPT = 2
    REMINDER = 3
    SUMMARY = 4


# By the name of a message's template, or of its folder.
_BY_TEMPLATE = {
    "escalations": Priority.ESCALATION,
    "progress/prompt": Priority.PROMPT,
    "documents/notice": Priority.PROMPT,
    "reminders/reminder": Priority.REMINDER,
    "certificates/lapsed": Priority.REMINDER,
    "money/varies": Priority.REMINDER,
    "people/welcome": Priority.REMINDER,
    "digest": Priority.SUMMARY,
    "partners/pinned": Priority.SUMMARY,
}


def priority_of(template: str) -> Priority:
    """The priority of a message that this template made."""
    named = _BY_TEMPLATE.get(template)
    return named if named is not None else _BY_TEMPLATE.get(template.partition("/")[0], Priority.ANSWER)
