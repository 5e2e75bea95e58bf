"""What a message in the outbox is about, where it can go out of date before it leaves."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """The kind of what a message is about: the first word of its subject."""

    REPORT = "report"  # of a period, for which the partner is asked
    REMINDER = "reminder"  # of one person
    SUMMARY = "summary"  # of one channel or person
    ESCALATION = "escalation"  # one or more, to one person

    def subject(self, of: object) -> str:
        """The subject of a message of this kind: of one report, person or channel."""
        return f"{self.value} {of}"

    @classmethod
    def of(cls, subject: str) -> "SubjectKind | None":
        """The kind of a subject; None for "", that of a message that never goes out of date."""
        return cls(subject.partition(" ")[0]) if subject else None
