"""Slack's way of saying no."""

from __future__ import annotations


class SlackError(Exception):
    """A refusal by name, as every Web API method answers it.

    `code` is one of Slack's error names; `messages` are the sentences Slack adds under
    `response_metadata.messages`; `extra` holds further top-level fields such as `needed` and `provided`.
    """

    def __init__(self, code: str, messages: tuple[str, ...] = (), **extra: str) -> None:
        super().__init__(code if not messages else f"{code}: {'; '.join(messages)}")
        self.code = code
        self.messages = messages
        self.extra = extra

    def body(self) -> dict[str, object]:
        """The JSON that the caller of a method receives."""
        body: dict[str, object] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class RateLimited(SlackError):
    """Too many calls: a 429, which says after how many whole seconds another may pass."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


class NotPossible(Exception):
    """A person asked for something that their Slack client would not let them do; the text says what."""
