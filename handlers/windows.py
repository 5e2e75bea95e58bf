"""What a message says, in a window: the answer to a button that stands in no channel, such as one on App Home."""

from collections.abc import Iterator
from typing import Any

from bot.messages import Blocks

MOST_CHARACTERS = 3000  # docs.slack.dev/reference/block-kit/blocks/section-block: text


def in_a_window(blocks: Blocks) -> Blocks:
    """The same blocks as a window takes them: a table, which it does not, is told line by line."""
    return [each for block in blocks for each in (_told(block) if block["type"] == "table" else [block])]


def _told(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    head, *rows = [[cell.get("text", "") for cell in row] for row in table["rows"]]
    text = ""
    for first, *rest in rows:
        said = ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], rest, strict=True) if cell.strip())
        line = f"*{first}*: {said}"[:MOST_CHARACTERS]
        if len(text) + len(line) >= MOST_CHARACTERS:
            yield _section(text)
            text = ""
        text += f"{line}\n"
    if text:
        yield _section(text)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text.rstrip()}}
