"""The messages among the events: what a person wrote, and where."""

from bot.interactions.payloads import Event

WRITTEN = (None, "file_share", "thread_broadcast")  # the subtypes of what a person wrote


def is_written_by_a_person(event: Event) -> bool:
    """Whether it is a message that a person wrote."""
    about = event.about
    return about.get("subtype") in WRITTEN and not about.get("bot_id") and bool(event.user)


def is_a_reply(event: Event) -> bool:
    """Whether it is words that a person wrote in a thread."""
    about = event.about
    in_thread = about.get("thread_ts", about.get("ts")) != about.get("ts")
    return is_written_by_a_person(event) and in_thread and bool(about.get("text"))
