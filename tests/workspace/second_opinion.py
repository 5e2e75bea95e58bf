"""Block Kit as another project reads it: the JSON of a block put into the classes of the `slackblocks` package.

The package builds blocks and checks what it is given; it reads no JSON. A block is accepted where its classes take
what the JSON says, on the surface that it would be sent to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slackblocks as sb
from slackblocks.errors import InvalidUsageError
from slackblocks.objects import TextType

Json = dict[str, Any]

TYPED: dict[str, Callable[..., object]] = {
    # blocks
    "actions": sb.ActionsBlock, "alert": sb.AlertBlock, "card": sb.CardBlock, "carousel": sb.CarouselBlock,
    "container": sb.ContainerBlock, "context": sb.ContextBlock, "context_actions": sb.ContextActionsBlock,
    "data_table": sb.DataTableBlock, "data_visualization": sb.DataVisualizationBlock, "divider": sb.DividerBlock,
    "file": sb.FileBlock, "header": sb.HeaderBlock, "input": sb.InputBlock, "markdown": sb.MarkdownBlock,
    "plan": sb.PlanBlock, "rich_text": sb.RichTextBlock, "section": sb.SectionBlock, "table": sb.TableBlock,
    "task_card": sb.TaskCardBlock, "video": sb.VideoBlock,
    # elements
    "button": sb.Button, "checkboxes": sb.CheckboxGroup, "datepicker": sb.DatePicker,
    "datetimepicker": sb.DateTimePicker, "email_text_input": sb.EmailInput, "feedback_buttons": sb.FeedbackButtons,
    "file_input": sb.FileInput, "icon_button": sb.IconButton, "number_input": sb.NumberInput,
    "overflow": sb.OverflowMenu, "plain_text_input": sb.PlainTextInput, "radio_buttons": sb.RadioButtonGroup,
    "rich_text_input": sb.RichTextInput, "timepicker": sb.TimePicker, "url_text_input": sb.URLInput,
    "url": sb.URLSource, "workflow_button": sb.WorkflowButton,
    "static_select": sb.StaticSelectMenu, "external_select": sb.ExternalSelectMenu,
    "users_select": sb.UserSelectMenu, "conversations_select": sb.ConversationSelectMenu,
    "channels_select": sb.ChannelSelectMenu, "multi_static_select": sb.StaticMultiSelectMenu,
    "multi_external_select": sb.ExternalMultiSelectMenu, "multi_users_select": sb.UserMultiSelectMenu,
    "multi_conversations_select": sb.ConversationMultiSelectMenu,
    "multi_channels_select": sb.ChannelMultiSelectMenu,
    # within them
    "rich_text_section": sb.RichTextSection, "rich_text_list": sb.RichTextList,
    "rich_text_quote": sb.RichTextQuote, "rich_text_preformatted": sb.RichTextCodeBlock, "text": sb.RichText,
    "raw_text": sb.RawText, "raw_number": sb.RawNumber, "icon": sb.SlackIcon,
    "pie": sb.PieChart, "bar": sb.BarChart, "line": sb.LineChart, "area": sb.AreaChart,
}  # fmt: skip
# Objects without a type are known by the key that they stand under.
UNTYPED: dict[str, Callable[..., object]] = {
    "confirm": sb.ConfirmationDialogue, "options": sb.Option, "initial_option": sb.Option,
    "initial_options": sb.Option, "option_groups": sb.OptionGroup, "filter": sb.ConversationFilter,
    "dispatch_action_config": sb.DispatchActionConfiguration, "slack_file": sb.SlackFile, "workflow": sb.Workflow,
    "trigger": sb.Trigger, "customizable_input_parameters": sb.InputParameter,
    "positive_button": sb.FeedbackButton, "negative_button": sb.FeedbackButton, "segments": sb.ChartSegment,
    "series": sb.DataSeries, "data": sb.DataPoint, "axis_config": sb.AxisConfig, "column_settings": sb.ColumnSettings,
}  # fmt: skip
RENAMED = {"initial_date_time": "initial_datetime"}
# Arguments that may be None and have no default.
SPELT_OUT = {
    "checkboxes": {"action_id": None},
    "radio_buttons": {"action_id": None},
    "overflow": {"action_id": None},
    "multi_static_select": {"action_id": None, "options": None},
    "slack_file": {"url": None, "id": None},
    "trigger": {"customizable_input_parameters": None},
}


def accepts(block: Json, surface: str) -> bool:
    """Whether the package takes this block on this surface."""
    try:
        _on(surface, _made(block, ""))
    except (InvalidUsageError, TypeError):  # a TypeError where a required argument is missing
        return False
    return True


def _on(surface: str, block: Any) -> object:  # noqa: ANN401 - a block of the package
    if surface == "message":
        return sb.Message("C0OPEN", blocks=[block])
    if surface == "modal":
        return sb.ModalView("Title", [block], submit="Send")
    return sb.HomeTabView([block])


def _made(value: object, key: str) -> Any:  # noqa: ANN401 - objects of the package
    if isinstance(value, list):
        return [_made(item, key) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type", "")
    if kind in ("plain_text", "mrkdwn"):
        fields = {name: inner for name, inner in value.items() if name != "type"}
        return sb.Text(type_=TextType(kind), **fields)
    fields = {RENAMED.get(name, name): _made(inner, name) for name, inner in value.items() if name != "type"}
    if kind == "image":
        # The block and the element have one type.
        return (sb.ImageBlock if key in ("", "child_blocks") else sb.Image)(**fields)
    if kind == "table":
        fields["rows"] = [[_cell(cell) for cell in row] for row in value.get("rows", ())]
    made = TYPED[kind] if kind in TYPED else UNTYPED[key]
    return made(**{**SPELT_OUT.get(kind or key, {}), **fields})


def _cell(cell: Json) -> object:
    """A cell of a table, in which rich text stands without the block around it."""
    return _made(cell["elements"][0] if cell["type"] == "rich_text" else cell, "rows")
