"""Messages that are longer than Slack takes, in parts: the first stands in the channel, the others below it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.delivery.messages import Blocks, Message, escape_for_slack
from bot.domain.charts import picture_key
from bot.domain.slack_text import inert

# Slack names no limit: msg_blocks_too_long was met from 11,000 characters of text in the blocks of a message.
MOST_CHARACTERS = 10_000
MOST_BLOCKS = 50  # docs.slack.dev/reference/block-kit/blocks
_LONGEST_TEXT = 4000  # docs.slack.dev/reference/methods/chat.postMessage: text


def parts_of(message: Message) -> list[Message]:
    """The message in as few parts as Slack takes, cut between blocks; a later part has as text what its blocks say."""
    first, *rest = _cut(message.blocks)
    if not rest:
        return [message]
    return [_part(message, first, message.text), *(_part(message, blocks, _text_of(blocks)) for blocks in rest)]


def blocks_in_parts(blocks: Blocks) -> list[tuple[str, Blocks]]:
    """The blocks in as few parts as Slack takes, each with what it says as text."""
    return [(_text_of(part), part) for part in _cut(blocks)]


def is_long(blocks: Blocks) -> bool:
    """Whether the blocks do not fit in one message."""
    return len(_cut(blocks)) > 1


def _part(message: Message, blocks: Blocks, text: str) -> Message:
    pictures = {block["slack_file"]["id"] for block in blocks if "slack_file" in block}
    return replace(
        message, text=text, blocks=blocks, charts=[each for each in message.charts if picture_key(each) in pictures]
    )


def _cut(blocks: Blocks) -> list[Blocks]:
    cut: list[Blocks] = [[]]
    taken = 0
    for block in blocks:
        size = sum(len(words) for words, _ in _texts(block))
        if cut[-1] and (taken + size > MOST_CHARACTERS or len(cut[-1]) == MOST_BLOCKS):
            cut.append([])
            taken = 0
        cut[-1].append(block)
        taken += size
    return cut


def _text_of(blocks: Blocks) -> str:
    """What blocks say, as text. The text in a table is the only one that is not escaped for Slack."""
    said = (escape_for_slack(inert(words)) if is_raw else words for block in blocks for words, is_raw in _texts(block))
    whole = "\n".join(words for words in said if words.strip())
    return (
        whole if len(whole) <= _LONGEST_TEXT else whole[: whole.rfind("\n", 0, _LONGEST_TEXT)] or whole[:_LONGEST_TEXT]
    )


def _texts(value: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401  # JSON
    """Every text under a `text` key, however deep, and whether it is one of a table's cells."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner, value.get("type") == "raw_text"
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
