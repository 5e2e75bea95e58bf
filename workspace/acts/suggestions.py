"""Options that the app suggests while a person types into an external select.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workspace.blocks import check_blocks, interactive
from workspace.blocks.normal import fill_text
from workspace.blocks.rules import options_of
from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.state.seed import User
from workspace.state.store import Conversation, Message, Offered
from workspace.state.views import View
from workspace.wire.delivery import Undelivered
from workspace.wire.payloads import channel_ref, interaction, message_json
from workspace.wire.reading import read_json

Json = dict[str, Any]
EXTERNAL = ("external_select", "multi_external_select")
# How much a person types before the app is asked, where the element does not say.
MIN_QUERY_LENGTH = 3
# How many suggested options are remembered for one element.
MOST_KEPT = 1000
NO_OPTIONS = "The app's options could not be loaded ({reason})."


@dataclass(frozen=True)
class Query:
    """What a person has typed, and into which element."""

    block_id: str
    action_id: str
    value: str


async def suggest_in_view(ws: Workspace, user: User, view: View, query: Query) -> Json:
    """Ask for options in a modal or the Home tab."""
    place = {"container": {"type": "view", "view_id": view.id}, "view": ws.views.json(view, values=True)}
    return await _suggest(ws, user, view.blocks, view.offered, place, query)


async def suggest_in_message(
    ws: Workspace, user: User, conversation: Conversation, message: Message, query: Query
) -> Json:
    """Ask for options in a message."""
    ephemeral = message.only_for is not None
    container = {"message_ts": message.ts, "channel_id": conversation.id, "is_ephemeral": ephemeral}
    place = {"container": {"type": "message", **container}, "channel": channel_ref(conversation)}
    if not ephemeral:
        place["message"] = message_json(ws.store, message)
    return await _suggest(ws, user, message.blocks, message.offered, place, query)


async def _suggest(ws: Workspace, user: User, blocks: list[Json], offered: Offered, place: Json, query: Query) -> Json:
    """What the app suggests: {"options"} or {"option_groups"}, or {"failure"} where it did not, or not well."""
    element = _external(blocks, query)
    if len(query.value) < element.get("min_query_length", MIN_QUERY_LENGTH):
        return {"options": []}
    if not ws.interactive or not (ws.sockets.connected() or ws.manifest.suggests):
        return {"failure": NO_OPTIONS.format(reason="no options URL")}
    asked = {"block_id": query.block_id, "action_id": query.action_id, "value": query.value}
    payload = interaction(ws.store, "block_suggestion", user, ws.store.app.team) | place | asked
    try:
        answer = await ws.delivery.send("interactive", payload)
    except Undelivered as error:
        return {"failure": NO_OPTIONS.format(reason=error.reason)}
    if answer.status != 200:
        return {"failure": NO_OPTIONS.format(reason=f"status {answer.status}")}
    found = _read(answer.text)
    if found is None:
        return {"failure": NO_OPTIONS.format(reason="an answer that is not options")}
    known = offered.setdefault(query.block_id, {}).setdefault(query.action_id, [])
    fresh = options_of(found)
    values = {option["value"] for option in fresh}
    # What was offered before can still be chosen: a multi-select keeps what was picked in an earlier search.
    known[:] = [*fresh, *(option for option in known if option["value"] not in values)][:MOST_KEPT]
    return found


def _external(blocks: list[Json], query: Query) -> Json:
    for block, element in interactive(blocks):
        ids = (block["block_id"], element["action_id"])
        if ids == (query.block_id, query.action_id) and element["type"] in EXTERNAL:
            return element
    raise NotPossible(f"There is no {query.action_id!r} that asks the app for options.")


def _read(text: str) -> Json | None:
    """The options of an answer: at most 100, or as many groups; None for anything else."""
    try:
        data = read_json(text, "invalid_json")
    except SlackError:
        return None
    names = [name for name in ("options", "option_groups") if isinstance(data, dict) and name in data]
    if len(names) != 1:
        return None
    found: Json = {names[0]: data[names[0]]}
    if found[names[0]] == []:
        return found
    # The same rules hold for the options of a select that has them from the start.
    select = {"type": "static_select", "action_id": "suggested", **found}
    if check_blocks([{"type": "actions", "elements": [select]}], "message"):
        return None
    fill_text(found)
    return found
