"""Buttons, selects and modals: what a person does with what the app has shown them.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workspace.blocks import interactive
from workspace.blocks.refusals import faults
from workspace.blocks.state import Raw, RawValues, as_list, at, filled, merged, state_values
from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.state.seed import User
from workspace.state.store import Conversation, Message, Offered
from workspace.state.views import View
from workspace.wire.delivery import Answer, Undelivered
from workspace.wire.payloads import channel_ref, interaction, message_json
from workspace.wire.reading import read_object

Json = dict[str, Any]
# What an element's entry in `actions` says again of the element itself.
ECHOED = (
    *("text", "value", "style", "url", "placeholder", "confirm", "accessibility_label", "timezone"),
    *("initial_option", "initial_options", "initial_user", "initial_users", "initial_date", "initial_date_time"),
    *("initial_conversation", "initial_conversations", "initial_channel", "initial_channels", "initial_time"),
)
TROUBLE = "We had some trouble connecting. Try again?"
NOT_INTERACTIVE = "This app is not set up to handle interactive responses."
NO_ANSWER = "The app did not answer ({reason}). Try again?"


@dataclass(frozen=True)
class Act:
    """One press, pick or entry: on which element, and with what value."""

    action_id: str
    block_id: str = ""
    value: Raw = None
    state: RawValues = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a submission went: closed, or field errors by block_id, or one sentence of failure."""

    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


async def act_on_message(
    ws: Workspace, user: User, conversation: Conversation, message: Message, act: Act, base_url: str
) -> str | None:
    """Send block_actions for an element in a message. Returns what the person is told where that failed."""
    values = merged(message.blocks, act.state, _pressed(act))
    action = _action(ws, user, message.blocks, act, message.offered)
    response = ws.grants.response(user.id, conversation.id, message.ts)
    ephemeral = message.only_for is not None
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": conversation.id,
        "is_ephemeral": ephemeral,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    payload = interaction(ws.store, "block_actions", user, ws.store.app.team) | {
        "container": container,
        "trigger_id": ws.grants.trigger(user.id),
        "channel": channel_ref(conversation),
        "state": {"values": state_values(message.blocks, values, message.offered)},
        "response_url": f"{base_url}/response/{response}",
        "actions": [action],
    }
    if not ephemeral:
        payload["message"] = message_json(ws.store, message)
    return await told(ws, payload)


async def act_in_view(ws: Workspace, user: User, view: View, act: Act) -> str | None:
    """Send block_actions for an element in a modal or the Home tab; there is no channel and no response URL."""
    view.values = merged(view.blocks, view.values, act.state, _pressed(act))
    action = _action(ws, user, view.blocks, act, ws.views.offered(view))
    payload = interaction(ws.store, "block_actions", user, ws.store.app.team) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.grants.trigger(user.id, view.id),
        "view": ws.views.json(view, values=True),
        "actions": [action],
    }
    return await told(ws, payload)


def _pressed(act: Act) -> RawValues:
    return {act.block_id: {act.action_id: act.value}} if act.value is not None else {}


def _action(ws: Workspace, user: User, blocks: list[Json], act: Act, offered: Offered) -> Json:
    """The entry of `actions`. Raises NotPossible where there is no such element or option.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    for block, element in interactive(blocks):
        if element["action_id"] == act.action_id and block["block_id"] == (act.block_id or block["block_id"]):
            break
    else:
        raise NotPossible(f"There is no {act.action_id!r} to press.")
    if user.id not in element.get("visible_to_user_ids", (user.id,)):
        raise NotPossible("That button is not shown to you.")
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise NotPossible("That field is sent with the form, and not by itself.")
    kept: Json = {key: element[key] for key in ECHOED if key in element}
    entry: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    try:
        entry |= filled(element, act.value, at(offered, block["block_id"], act.action_id))
    except ValueError as error:
        raise NotPossible(str(error)) from error
    return {**kept, **entry, "action_ts": ws.store.next_ts()}


async def told(ws: Workspace, payload: Json) -> str | None:
    """Tell the app of an act. Returns what the person is told where that failed."""
    if not ws.interactive:
        return NOT_INTERACTIVE
    try:
        answer = await ws.delivery.send("interactive", payload)
    except Undelivered as error:
        return NO_ANSWER.format(reason=error.reason)
    return None if answer.status == 200 else NO_ANSWER.format(reason=f"status {answer.status}")


def _response_urls(ws: Workspace, user: User, view: View, base_url: str) -> list[Json]:
    """A response URL for each conversation chosen in a select with `response_url_enabled`.

    https://docs.slack.dev/surfaces/modals#modal_response_url
    """
    urls: list[Json] = []
    for block, element in interactive(view.blocks):
        channel = view.values.get(block["block_id"], {}).get(element["action_id"])
        if element.get("response_url_enabled") and isinstance(channel, str) and channel in ws.store.conversations:
            ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            urls.append({**ids, "response_url": f"{base_url}/response/{ws.grants.response(user.id, channel)}"})
    return urls


def _own(ws: Workspace, view: View) -> Offered:
    """What may be chosen in a view. Raises ValueError for a file that the person has not uploaded."""
    offered = ws.views.offered(view)
    for block, element in interactive(view.blocks):
        if element["type"] == "file_input":
            block_id, action_id = block["block_id"], element["action_id"]
            if len(offered[block_id][action_id]) != len(as_list(view.values[block_id][action_id])):
                raise ValueError("You have not uploaded that file.")
    return offered


async def submit(ws: Workspace, user: User, view: View, values: RawValues, base_url: str) -> Outcome:
    """Submit the modal a person is looking at.

    What Slack's own client refuses (an empty required field, say) never reaches the app.
    """
    if "submit" not in view.body:
        raise NotPossible("This modal has nothing to submit.")
    if not ws.interactive:
        return Outcome(failure=NOT_INTERACTIVE)
    view.values = merged(view.blocks, view.values, values)
    try:
        state_values(view.blocks, view.values, _own(ws, view))
    except ValueError as error:
        raise NotPossible(str(error)) from error
    if errors := faults(view.blocks, view.values, ws.views.offered(view)):
        return Outcome(errors=errors)
    _hand_over_files(ws, view)
    payload = interaction(ws.store, "view_submission", user, user.team) | {
        "trigger_id": ws.grants.trigger(user.id, view.id),
        "view": ws.views.json(view, values=True),
        "response_urls": _response_urls(ws, user, view, base_url),
    }
    try:
        return _settle(ws, view, await ws.delivery.send("interactive", payload))
    except (Undelivered, SlackError):
        return Outcome(failure=TROUBLE)


def _hand_over_files(ws: Workspace, view: View) -> None:
    """From now on the app may see the files that are sent with a form."""
    for block, element in interactive(view.blocks):
        if element["type"] == "file_input":
            for file_id in as_list(view.values[block["block_id"]][element["action_id"]]):
                if file := ws.store.files.find(file_id):
                    file.submitted = True


def _settle(ws: Workspace, view: View, answer: Answer) -> Outcome:
    """Do what the app answered to a submission. Raises SlackError where Slack could not do it."""
    if answer.status != 200:
        return Outcome(failure=TROUBLE)
    data = read_object(answer.text)
    kind = data.get("response_action") if data else "close"
    if kind == "close":
        ws.views.close(view)
        return Outcome(closed=True)
    if kind == "clear":
        ws.views.close(view, everything=True)
        return Outcome(closed=True)
    if kind == "errors":
        return Outcome(errors=_field_errors(view, data.get("errors")))
    if kind == "update":
        ws.views.update(view, data.get("view"))
        return Outcome()
    if kind == "push":
        ws.views.push(view.user, data.get("view"))
        return Outcome()
    raise SlackError("invalid_response_action")


def _field_errors(view: View, errors: object) -> dict[str, str]:
    """Errors may only stand below input blocks that the view has."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_arguments")
    if not all(isinstance(sentence, str) and sentence for sentence in errors.values()):
        raise SlackError("invalid_arguments")
    return errors


async def close(ws: Workspace, user: User, view: View, *, everything: bool = False) -> None:
    """Close a modal (or the whole stack), and tell the app for each view that asked with notify_on_close."""
    cleared = everything or bool(view.body.get("clear_on_close"))
    for closed in ws.views.close(view, everything=cleared):
        if closed.body.get("notify_on_close"):
            payload = interaction(ws.store, "view_closed", user, user.team) | {
                "view": ws.views.json(closed, values=True),
                "is_cleared": cleared,
            }
            await told(ws, payload)
