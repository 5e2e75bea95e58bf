"""Block elements: https://docs.slack.dev/reference/block-kit/block-elements"""

from __future__ import annotations

from workspace.blocks.checks import (
    Check,
    Shape,
    decimal,
    exactly_one,
    flag,
    many,
    on_surface,
    one_of,
    ordered,
    record,
    string,
    whole,
)
from workspace.blocks.rules.objects import (
    BUTTON_STYLE,
    CHANNEL,
    CHOICE,
    CONFIRM,
    CONVERSATION,
    DATE,
    DISPATCH,
    EVERYWHERE,
    FILTER,
    GROUPS,
    ID,
    MODAL,
    OPTIONS,
    SELECT_OPTION,
    SLACK_FILE,
    TIME,
    URL,
    USER,
    WORKFLOW,
    few_enough,
    initials_offered,
    option,
    plain,
    values_differ,
)
from workspace.blocks.rules.rich_text import RICH_TEXT_VALUE

COMMON: dict[str, Check] = {"action_id": ID}
ASKS: dict[str, Check] = {**COMMON, "confirm": CONFIRM, "focus_on_load": flag}
ENTRY: dict[str, Check] = {
    **COMMON,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
}
SELECT: dict[str, Check] = {**ASKS, "placeholder": plain(150)}
OFFERS: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
OFFER_RULES = (exactly_one("options", "option_groups"), values_differ, initials_offered)
CHOICES = many(CHOICE, 10, of="options")
CHOICE_RULES = (values_differ, initials_offered)
# The documentation gives no upper bound; more than a list can hold could never be reached.
SEVERAL: dict[str, Check] = {**SELECT, "max_selected_items": whole(1, 10_000)}
# "This field only works with menus in input blocks in modals."
RESPONSE_URL: dict[str, Check] = {"response_url_enabled": on_surface(MODAL, flag)}
CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": flag, "filter": FILTER}
QUERY: dict[str, Check] = {"min_query_length": whole(0, 150)}
FEEDBACK = record(Shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}))
LINES = whole(1, 100)

# A button's `agent_prompt`, which hands the press to Slack's assistant, is not supported: the workspace has none.
ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **COMMON,
            "confirm": CONFIRM,
            "value": string(2000, 0),
            "url": URL,
            "style": BUTTON_STYLE,
            "accessibility_label": string(75),
        },
    ),
    "workflow_button": Shape(
        {"text": plain(75), "workflow": WORKFLOW, "action_id": ID},
        {"style": BUTTON_STYLE, "accessibility_label": string(75)},
    ),
    "feedback_buttons": Shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, COMMON),
    # The page gives the text no length of its own: a text object's 3,000 holds. It gives no number of people either;
    # 10 is what Slack's own list of limits was found to say.
    "icon_button": Shape(
        {"icon": one_of("trash"), "text": plain(3000)},
        {
            **COMMON,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": many(USER, 10, of="people"),
        },
    ),
    "overflow": Shape({"options": many(option(150, link=True), 5, of="options")}, {**COMMON, "confirm": CONFIRM}),
    "image": Shape(
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE},
        EVERYWHERE,
        (exactly_one("image_url", "slack_file"),),
    ),
    # Menus of one
    "static_select": Shape({}, {**SELECT, **OFFERS, "initial_option": SELECT_OPTION}, EVERYWHERE, OFFER_RULES),
    "external_select": Shape({}, {**SELECT, **QUERY, "initial_option": SELECT_OPTION}),
    "users_select": Shape({}, {**SELECT, "initial_user": USER}),
    "conversations_select": Shape(
        {}, {**SELECT, **CONVERSATIONS, **RESPONSE_URL, "initial_conversation": CONVERSATION}
    ),
    "channels_select": Shape({}, {**SELECT, **RESPONSE_URL, "initial_channel": CHANNEL}),
    # Menus of many
    "multi_static_select": Shape(
        {},
        {**SEVERAL, **OFFERS, "initial_options": OPTIONS},
        EVERYWHERE,
        (*OFFER_RULES, few_enough("initial_options")),
    ),
    "multi_external_select": Shape(
        {}, {**SEVERAL, **QUERY, "initial_options": OPTIONS}, EVERYWHERE, (few_enough("initial_options"),)
    ),
    "multi_users_select": Shape(
        {}, {**SEVERAL, "initial_users": many(USER, 1000, of="people")}, EVERYWHERE, (few_enough("initial_users"),)
    ),
    "multi_conversations_select": Shape(
        {},
        {**SEVERAL, **CONVERSATIONS, "initial_conversations": many(CONVERSATION, 1000, of="conversations")},
        EVERYWHERE,
        (few_enough("initial_conversations"),),
    ),
    "multi_channels_select": Shape(
        {},
        {**SEVERAL, "initial_channels": many(CHANNEL, 1000, of="channels")},
        EVERYWHERE,
        (few_enough("initial_channels"),),
    ),
    # Other choices
    "checkboxes": Shape({"options": CHOICES}, {**ASKS, "initial_options": CHOICES}, EVERYWHERE, CHOICE_RULES),
    "radio_buttons": Shape({"options": CHOICES}, {**ASKS, "initial_option": CHOICE}, EVERYWHERE, CHOICE_RULES),
    "datepicker": Shape({}, {**SELECT, "initial_date": DATE}),
    "timepicker": Shape({}, {**SELECT, "initial_time": TIME, "timezone": string(64)}),
    "datetimepicker": Shape({}, {**ASKS, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    # What is typed
    "plain_text_input": Shape(
        {},
        {
            **ENTRY,
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        EVERYWHERE,
        (ordered("min_length", "max_length"),),
    ),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {**ENTRY, "initial_value": decimal, "min_value": decimal, "max_value": decimal},
        EVERYWHERE,
        (ordered("min_value", "max_value"),),
    ),
    "email_text_input": Shape({}, {**ENTRY, "initial_value": string(3000)}),
    "url_text_input": Shape({}, {**ENTRY, "initial_value": string(3000)}),
    # The page requires the action_id here, as it does of no other input.
    "rich_text_input": Shape(
        {"action_id": ID},
        {**ENTRY, "initial_value": RICH_TEXT_VALUE, "min_lines": LINES, "max_lines": LINES},
        EVERYWHERE,
        (ordered("min_lines", "max_lines"),),
    ),
    "file_input": Shape(
        {}, {**COMMON, "filetypes": many(string(50), 100, of="file types"), "max_files": whole(1, 10)}, MODAL
    ),
    "url": Shape({"url": URL, "text": string(3000)}),
}
TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI_SELECTS = tuple(f"multi_{name}" for name in SELECTS)
PICKED = (*SELECTS, "datepicker", "timepicker", "checkboxes", "radio_buttons")
BUTTONS = ("button", "workflow_button")

# Which element stands where: the tables at https://docs.slack.dev/reference/block-kit/blocks. Multi-selects are not
# in its list for actions blocks, though Slack's own type definitions allow them there.
INPUT_ELEMENTS = (*TYPED, *PICKED, *MULTI_SELECTS, "datetimepicker", "rich_text_input", "file_input")
ACCESSORIES = (*BUTTONS, "overflow", "image", *PICKED, *MULTI_SELECTS)
ACTION_ELEMENTS = (*BUTTONS, "overflow", *PICKED, "datetimepicker")
CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
