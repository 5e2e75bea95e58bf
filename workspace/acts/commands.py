"""Slash commands, from the person's composer to the app and back.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

from typing import Any

from workspace.acts.mentions import sent
from workspace.acts.responses import respond
from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.page.mrkdwn import escaped
from workspace.state.manifest import Command
from workspace.state.seed import User
from workspace.state.store import Conversation, Message
from workspace.wire.delivery import Answer, Undelivered
from workspace.wire.payloads import command_payload
from workspace.wire.reading import read_json

Json = dict[str, Any]
INVALID = (
    "{command} is not a valid command. In Slack, all messages that start with the “/” character are interpreted"
    " as commands. If you are trying to send a message and not run a command, try preceding the “/” with an"
    " empty space."
)


async def run_command(ws: Workspace, user: User, conversation: Conversation, line: str, base_url: str) -> list[Message]:
    """Run what a person typed, such as `/risk raise ...`; returns the messages it made for them.

    Whatever goes wrong is a message too, from Slackbot, as in Slack.
    """
    name, _, text = line.strip().partition(" ")
    command = ws.manifest.commands.get(name)
    # An app's commands belong to the team that installed it, and to nobody else in a shared channel.
    if command is None or not ws.store.is_member(user, ws.store.app.team) or not ws.events.installed:
        return [ws.slackbot(user, conversation, INVALID.format(command=escaped(name)))]
    if conversation.archived:
        raise NotPossible("You cannot use commands in an archived channel.")
    if closed := ws.closed(conversation):
        raise NotPossible(closed)
    token = ws.grants.response(user.id, conversation.id)
    payload = command_payload(
        ws.store,
        user,
        conversation,
        name,
        _sent(ws, user, command, text.strip()),
        ws.grants.trigger(user.id),
        f"{base_url}/response/{token}",
    )
    try:
        answer = await ws.delivery.send("slash_commands", payload)
        return _answered(ws, user, conversation, line.strip(), answer)
    except Undelivered as error:
        return [_failed(ws, user, conversation, name, error.reason)]
    except SlackError:
        return [_failed(ws, user, conversation, name, "invalid_command_response")]


def _failed(ws: Workspace, user: User, conversation: Conversation, name: str, reason: str) -> Message:
    return ws.slackbot(user, conversation, f"{name} failed with the error “{reason}”")


def _answered(ws: Workspace, user: User, conversation: Conversation, line: str, answer: Answer) -> list[Message]:
    """Show the app's answer. Raises Undelivered for a status other than 200, SlackError for bad content."""
    if answer.status != 200:
        raise Undelivered("dispatch_failed")
    data = _read(answer)
    if not data:
        return []
    ws.content(data.get("text"), data.get("blocks"))
    if data.get("response_type") == "in_channel":
        ws.post(Message(channel=conversation.id, ts="", user=user.id, text=escaped(line)))
    # The 200 is not one of the response URL's five uses.
    message = respond(ws, ws.grants.free(user.id, conversation.id), data)
    return [message] if message else []


def _read(answer: Answer) -> Json:
    """The body of a 200 as a response: nothing, plain text, or JSON. Raises SlackError for anything else."""
    if not answer.text:
        return {}
    if "json" not in answer.headers.get("content-type", ""):
        return {"text": answer.text}
    data = read_json(answer.text, "invalid_json")
    if isinstance(data, str):
        return {"text": data}
    if not isinstance(data, dict):
        raise SlackError("json_not_object")
    return data


def _sent(ws: Workspace, user: User, command: Command, text: str) -> str:
    """The text as the app receives it: with should_escape, mentions and channels become ids."""
    if not command.should_escape:
        return text
    return sent(ws.store, user, text, named=True)
