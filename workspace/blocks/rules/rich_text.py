"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from __future__ import annotations

from workspace.blocks.checks import Check, Shape, flag, kind_of, many, one_of, record, string, whole
from workspace.blocks.rules.objects import ID, NOT_SUPPORTED, URL

STYLE = record(Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), flag)))
RICH: dict[str, Shape] = {
    "text": Shape({"text": string(12_000)}, {"style": STYLE}),
    "link": Shape({"url": string(3000)}, {"text": string(3000), "style": STYLE, "unsafe": flag}),
    "emoji": Shape({"name": string(100)}, {"unicode": string(100), "style": STYLE, "skin_tone": whole(1, 6)}),
    "user": Shape({"user_id": string(32)}, {"style": STYLE}),
    "channel": Shape({"channel_id": string(32)}, {"style": STYLE}),
    "usergroup": Shape({"usergroup_id": string(32)}, {"style": STYLE}),
    "team": Shape({"team_id": string(32)}, {"style": STYLE}),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, {"style": STYLE}),
    "date": Shape(
        {"timestamp": whole(0, 2**53), "format": string(200)}, {"url": URL, "fallback": string(200), "style": STYLE}
    ),
    "color": Shape({"value": string(20)}, {"style": STYLE}),
}
WORDS = many(kind_of(RICH, refused=NOT_SUPPORTED), 1000, of="elements")
SECTION: dict[str, Check] = {"elements": WORDS}
BORDER: dict[str, Check] = {"border": whole(0, 1)}
RICH_BLOCKS: dict[str, Shape] = {
    "rich_text_section": Shape(SECTION),
    "rich_text_preformatted": Shape(SECTION, {**BORDER, "language": string(50)}),
    "rich_text_quote": Shape(SECTION, BORDER),
}
RICH_BLOCKS["rich_text_list"] = Shape(
    {
        "style": one_of("bullet", "ordered"),
        "elements": many(kind_of(RICH_BLOCKS, "rich_text_section"), 1000, of="elements"),
    },
    {"indent": whole(0, 8), "offset": whole(0, 10_000), **BORDER},
)
RICH_TEXT = many(kind_of(RICH_BLOCKS), 1000, of="elements")
RICH_TEXT_BLOCK = Shape({"elements": RICH_TEXT}, {"block_id": ID})
# Rich text where it is a value of another block or element, and not a block of its own.
RICH_TEXT_VALUE = kind_of({"rich_text": RICH_TEXT_BLOCK})
