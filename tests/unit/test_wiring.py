"""What the templates and the manifest offer is what the bot listens to and asks for, neither more nor less."""

import ast
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Liaison
from bot.interactions.listeners import Listeners
from handlers import COMMANDS
from jobs import JOBS
from tests.builders import ROOT
from tests.registered import connected_to_nothing
from tests.unit.renders import RENDERS
from workspace.blocks import interactive

MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
EVENTS: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
SCOPES = {
    # docs.slack.dev/reference/methods: what each method needs, of public and private channels and direct messages
    "apps_connections_open": set[str](),  # the app-level token's own scope, connections:write
    "auth_test": set[str](),
    "chat_getPermalink": set[str](),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_info": {"channels:read", "groups:read", "im:read"},
    "files_info": {"files:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_getUploadURLExternal": {"files:write"},
    "files_completeUploadExternal": {"files:write"},
    "pins_add": {"pins:write"},
    "pins_remove": {"pins:write"},
    "views_open": set[str](),
    "views_publish": set[str](),
    "views_push": set[str](),
    "views_update": set[str](),
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read", "users:read.email"},  # the second for the address
    "users_list": {"users:read", "users:read.email"},
}
CHANNEL_SCOPES = {"channels:read", "groups:read"}
EVENT_SCOPES = {
    # docs.slack.dev/reference/events: what each event needs
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_id_changed": CHANNEL_SCOPES,
    "channel_left": {"channels:read"},
    "channel_shared": CHANNEL_SCOPES,
    "channel_unarchive": {"channels:read"},
    "channel_unshared": CHANNEL_SCOPES,
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_left_channel": CHANNEL_SCOPES,
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "member_joined_channel": CHANNEL_SCOPES,
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}


@pytest.fixture(scope="module")
def liaison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    """The whole bot."""
    with connected_to_nothing(tmp_path_factory.mktemp("wiring")) as built:
        yield built


@pytest.fixture(scope="module")
def listeners(liaison: Liaison) -> Listeners:
    """What every journey registers."""
    return liaison.router.listeners


def offered_actions() -> set[str]:
    """Every action of a template that Slack tells the app of: an input's is not one of them."""
    return {
        element["action_id"]
        for render in RENDERS
        for block, element in interactive(render()["blocks"])
        if block["type"] != "input" or block.get("dispatch_action")
    }


def offered_callbacks() -> set[str]:
    """Every form of a template that can be sent."""
    return {made["callback_id"] for made in (render() for render in RENDERS) if "submit" in made}


def test_every_button_has_a_handler_and_every_handler_a_button(listeners: Listeners) -> None:
    assert offered_actions() == set(listeners.buttons)
    assert listeners.instead is not None, "what is left is of an earlier version"


def test_every_list_that_slack_asks_for_has_a_handler_and_every_handler_a_list(listeners: Listeners) -> None:
    asked = {
        element["action_id"]
        for render in RENDERS
        for _, element in interactive(render()["blocks"])
        if element["type"] in ("external_select", "multi_external_select")
    }
    assert asked == set(listeners.lists)
    assert MANIFEST["settings"]["interactivity"]["message_menu_options_url"], "where Slack asks"


def test_every_form_has_a_handler_and_every_handler_a_form(listeners: Listeners) -> None:
    assert offered_callbacks() == set(listeners.forms)
    assert listeners.refuses is not None


def test_every_command_of_the_manifest_is_registered_and_the_other_way_round(listeners: Listeners) -> None:
    assert {each["command"] for each in MANIFEST["features"]["slash_commands"]} == set(listeners.commands)


def test_the_bot_answers_by_the_tables_of_all_commands(listeners: Listeners, liaison: Liaison) -> None:
    assert [*liaison.router.commands.tables] == [*COMMANDS]
    assert [*listeners.commands] == [table.name for table in COMMANDS]


def test_every_shortcut_of_the_manifest_is_registered_and_the_other_way_round(listeners: Listeners) -> None:
    assert [(each["type"], each["callback_id"]) for each in MANIFEST["features"]["shortcuts"]] == [
        ("message", name) for name in listeners.shortcuts
    ]


def test_every_event_of_the_manifest_is_listened_to_and_the_other_way_round(listeners: Listeners) -> None:
    """A message's event is asked for by where it stands (message.im), and comes as a message."""
    assert {name.partition(".")[0] for name in EVENTS} == set(listeners.events)


def test_nothing_is_registered_twice(liaison: Liaison) -> None:
    with pytest.raises(ValueError, match="/action is registered twice"):
        liaison.router.on_command(COMMANDS[0])


def test_bolt_has_one_listener_for_each_kind_of_request(liaison: Liaison) -> None:
    """It asks them one after another, so that each more would slow down every request."""
    assert len(liaison.bolt._async_listeners) == len(fields(Listeners)) - len(("instead", "refuses"))


def test_every_scope_is_needed_and_every_need_has_its_scope(liaison: Liaison) -> None:
    needed = set().union(*(SCOPES[method] for method in called_methods()), *(EVENT_SCOPES[each] for each in EVENTS))
    assert needed | {"commands"} == set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_the_scopes_are_known_of_exactly_the_methods_that_are_called() -> None:
    assert called_methods() == set(SCOPES)


def test_the_schedule_holds_every_job_of_the_table(liaison: Liaison) -> None:
    scheduler = liaison.scheduler()
    assert {job.id for job in scheduler.get_jobs()} == {job.name for job in JOBS}
    assert all(job.what for job in JOBS)


def called_methods() -> set[str]:
    """The methods of Slack's Web API that the adapter calls, by the SDK's names for them."""
    trees = [
        ast.parse((ROOT / "bot" / "delivery" / name).read_text(encoding="utf-8"))
        for name in ("slack.py", "slack_messages.py")
    ]
    called = {
        node.func.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return {name for name in called if "_" in name and not name.startswith("_") and hasattr(AsyncWebClient, name)}
