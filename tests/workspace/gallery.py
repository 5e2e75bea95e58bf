"""One of every block and element, with given words wherever words stand."""

from __future__ import annotations

from typing import Any

from tests.workspace.sample import options, plain

Json = dict[str, Any]
PICTURE = "https://pictures.example/x.png"


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(text: str) -> Json:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [words]}


def image(text: str = "A picture") -> Json:
    return {"type": "image", "image_url": PICTURE, "alt_text": text[:2000]}


def button(text: str, action_id: str = "go") -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text[:75])}


def one_option(text: str) -> list[Json]:
    return [{"text": plain(text[:75]), "value": "o", "description": plain(text[:75])}]


def card(text: str) -> Json:
    return {
        "type": "card",
        "icon": image(),
        "title": plain(text[:150]),
        "subtitle": plain(text[:150]),
        "body": mrkdwn(text[:200]),
        "subtext": plain(text[:200]),
        "actions": [button(text)],
    }


def task(text: str, task_id: str, status: str = "complete") -> Json:
    sources = [{"type": "url", "url": "https://source.example/", "text": text[:3000]}]
    return {
        "type": "task_card",
        "task_id": task_id,
        "title": text[:3000],
        "status": status,
        "details": rich(text),
        "output": rich(text),
        "sources": sources,
    }


def chart(kind: str, text: str = "Jobs") -> Json:
    label = text[:20]
    if kind == "pie":
        segments = [{"label": label, "value": 3}, {"label": "Other", "value": 1}]
        return {"type": "data_visualization", "title": text[:50], "chart": {"type": "pie", "segments": segments}}
    months = [label, "May"]
    series = [
        {"name": name, "data": [{"label": month, "value": value + at} for at, month in enumerate(months)]}
        for name, value in ((label, 2.5), ("Second", -4))
    ]
    axes = {"categories": months, "x_label": text[:50], "y_label": text[:50]}
    return {
        "type": "data_visualization",
        "title": text[:50],
        "chart": {"type": kind, "series": series, "axis_config": axes},
    }


def data_table(text: str, rows: int = 3, **more: Any) -> Json:  # noqa: ANN401 - JSON
    words = text[:200]
    body = [
        [{"type": "raw_text", "text": f"Row {at}"}, {"type": "raw_number", "value": at, "text": words}]
        for at in range(1, rows + 1)
    ]
    head = [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": words}]
    return {"type": "data_table", "caption": text[:3000], "rows": [head, *body], **more}


def context_actions(text: str) -> Json:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain(text[:75]), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    icon = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain(text[:75])}
    return {"type": "context_actions", "elements": [feedback, icon]}


def video(text: str) -> Json:
    return {
        "type": "video",
        "title": plain(text[:199]),
        "description": plain(text[:199]),
        "alt_text": text[:2000],
        "author_name": text[:49],
        "provider_name": text[:50],
        "thumbnail_url": PICTURE,
        "video_url": "https://video.example/embed/1",
    }


def container(text: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
    inside: list[Json] = [
        {"type": "section", "text": plain(text[:3000])},
        {"type": "actions", "elements": [button(text, "inner")]},
    ]
    return {
        "type": "container",
        "title": plain(text[:150]),
        "subtitle": plain(text[:150]),
        "child_blocks": inside,
        **more,
    }


def message_blocks(text: str) -> dict[str, Json]:
    """Every kind of block that a message may hold, with these words in each; cut where Slack would refuse them."""
    select = {"type": "static_select", "action_id": "s", "options": one_option(text), "placeholder": plain(text[:150])}
    overflow = {"type": "overflow", "action_id": "o", "options": one_option(text)}
    radio = {"type": "radio_buttons", "action_id": "r", "options": one_option(text)}
    row = [{"type": "raw_text", "text": text[:1000]}, rich(text[:1000])]
    return {
        "section": {"type": "section", "text": mrkdwn(text[:3000]), "fields": [plain(text[:2000])]},
        "header": {"type": "header", "text": plain(text[:150])},
        "context": {"type": "context", "elements": [plain(text[:3000]), image(text)]},
        "image": {**image(text), "title": plain(text[:2000])},
        "actions": {"type": "actions", "elements": [button(text), select, overflow, radio]},
        "input": {
            "type": "input",
            "label": plain(text[:2000]),
            "hint": plain(text[:2000]),
            "element": {"type": "plain_text_input", "placeholder": plain(text[:150])},
        },
        "rich_text": rich(text),
        "table": {"type": "table", "rows": [row, row]},
        "video": video(text),
        "card": card(text),
        "carousel": {"type": "carousel", "elements": [card(text), card("Second")]},
        "container": container(text),
        "context_actions": context_actions(text),
        "data_table": data_table(text),
        "data_visualization": chart("bar", text),
        "task_card": task(text, "t0"),
        "plan": {"type": "plan", "title": text[:3000], "tasks": [task(text, "t1"), task("Second", "t2", "pending")]},
    }


def inputs() -> list[Json]:
    """Every element that a modal can ask with, each with an action_id of `v` and a block_id of its type."""
    several = {"options": options("one", "two")}
    elements: list[Json] = [
        {"type": "plain_text_input"},
        {"type": "plain_text_input", "multiline": True},
        {"type": "number_input", "is_decimal_allowed": True},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "rich_text_input", "initial_value": rich("Begun")},
        {"type": "file_input", "filetypes": ["pdf", "csv"], "max_files": 2},
        {"type": "datepicker"},
        {"type": "timepicker"},
        {"type": "datetimepicker", "initial_date_time": 1795338300},
        {"type": "checkboxes", **several},
        {"type": "radio_buttons", **several},
        {"type": "static_select", **several},
        {"type": "external_select", "min_query_length": 0},
        {"type": "users_select"},
        {"type": "conversations_select", "filter": {"include": ["private"]}},
        {"type": "channels_select"},
        {"type": "multi_static_select", **several, "max_selected_items": 1},
        {"type": "multi_external_select"},
        {"type": "multi_users_select", "initial_users": ["U0BOB"]},
        {"type": "multi_conversations_select"},
        {"type": "multi_channels_select"},
    ]
    return [
        {
            "type": "input",
            "block_id": f"{element['type']}{'2' if element.get('multiline') else ''}",
            "label": plain(element["type"]),
            "optional": True,
            "element": {"action_id": "v", **element},
        }
        for element in elements
    ]


def modal(blocks: list[Json]) -> Json:
    return {"type": "modal", "title": plain("Gallery"), "submit": plain("Send"), "blocks": blocks}
