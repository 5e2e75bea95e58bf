"""What a message says, in a window: the answer to a button that stands in no channel, such as one on App Home."""

from typing import Any

from bot.messages import Blocks, Messages, View


def window(messages: Messages, blocks: Blocks) -> View:
    """A window with the blocks of a message; a table, which a window does not take, is told line by line."""
    told = [each for block in blocks for each in (_told(messages, block) if block["type"] == "table" else [block])]
    return {**messages.view("window"), "blocks": told}


def _told(messages: Messages, table: dict[str, Any]) -> Blocks:
    head, *rows = [[cell.get("text", "") for cell in row] for row in table["rows"]]
    lines = [
        (first, ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], rest, strict=True) if cell.strip()))
        for first, *rest in rows
    ]
    return messages.message("table_in_window", lines=lines).blocks
