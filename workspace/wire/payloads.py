"""The shapes that Slack sends and answers with: pure functions from state to JSON."""

from __future__ import annotations

from typing import Any

from workspace.copies import clone
from workspace.state.manifest import Manifest
from workspace.state.objects import file_json, is_elsewhere
from workspace.state.seed import Enterprise, Team, User
from workspace.state.store import Conversation, Message, Store

Json = dict[str, Any]
# Slack's long-deprecated verification token; it is still in every payload and nothing should rely on it.
VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 - public and unused by design
NO_TEXT = "This content can't be displayed."


def message_json(store: Store, message: Message, *, metadata: bool = False, event: bool = False) -> Json:
    """A message as in conversations.history and in payloads; `event` where it is told as an event.

    https://docs.slack.dev/reference/events/message. Of another organisation's people it also says where they and
    the message come from (https://docs.slack.dev/apis/slack-connect).
    """
    author, conversation = store.users[message.user], store.conversations[message.channel]
    team = store.home(author) or store.app.team
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": team}
    if message.subtype:
        body["subtype"] = message.subtype
    if message.subtype == "tombstone":
        body["hidden"] = True
    if is_elsewhere(store, author):
        body |= {"user_team": team, "source_team": team}
    if message.by_app:
        body |= {"bot_id": store.app.bot_id, "app_id": store.app.id}
    if message.blocks:
        body["blocks"] = clone(message.blocks)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.is_reply and message.broadcast:
        body |= _broadcast(store, message)
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = reactions_json(message)
    if message.files:
        body["files"] = _files(store, message, hints=event and store.is_shared(conversation))
        body["upload"] = True
    if any(pin.ts == message.ts for pin in conversation.pins):
        body["pinned_to"] = [message.channel]
    if metadata and message.metadata:
        body["metadata"] = clone(message.metadata)
    return body | _thread_summary(conversation, message)


def _broadcast(store: Store, message: Message) -> Json:
    """A reply that was sent to the channel as well, with what it replies to."""
    parent = store.conversations[message.channel].find(message.thread_ts or "")
    root = {"root": message_json(store, parent)} if parent else {}
    return {"subtype": "thread_broadcast", **root}


def reactions_json(message: Message) -> list[Json]:
    """The reactions to a message. A name stands there only while somebody's reaction does."""
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()]


def _files(store: Store, message: Message, *, hints: bool) -> list[Json]:
    """The files of a message, or only hints to ask files.info, as in events of a Slack Connect channel.

    https://docs.slack.dev/apis/slack-connect#check_file_info
    """
    hint = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
    if hints:
        return [{"id": file_id, **hint} for file_id in message.files]
    known = (store.files.find(file_id) for file_id in message.files)
    return [file_json(store, file) for file in known if file is not None]


def _thread_summary(conversation: Conversation, message: Message) -> Json:
    replies = conversation.replies(message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
    }


def channel_ref(conversation: Conversation) -> Json:
    """A channel as interactions and commands name it: private channels and direct messages are not named."""
    hidden = {"im": "directmessage", "group": "privategroup"}
    return {"id": conversation.id, "name": hidden.get(conversation.kind, conversation.name)}


def user_ref(store: Store, user: User) -> Json:
    """A person as interactions name them; `team_id` is the person's own organisation (T..., or E...)."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": store.home(user)}


def team_ref(store: Store, team: Team) -> Json:
    """A team as interactions name it, with the enterprise it is part of."""
    enterprise = store.enterprise_of(team.id)
    more = {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}
    return {"id": team.id, "domain": team.domain, **more}


def enterprise_ref(enterprise: Enterprise | None) -> Json | None:
    """An enterprise as interactions name it: null for a workspace that is in none."""
    return {"id": enterprise.id, "name": enterprise.name} if enterprise else None


def command_payload(
    store: Store, user: User, conversation: Conversation, command: str, text: str, trigger: str, response_url: str
) -> dict[str, str]:
    """A slash command's form. https://docs.slack.dev/interactivity/implementing-slash-commands"""
    team = store.teams[store.app.team]
    enterprise = store.enterprise_of(team.id)
    channel = channel_ref(conversation)
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        **({"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}),
        "channel_id": channel["id"],
        "channel_name": channel["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": store.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def interaction(store: Store, kind: str, user: User, team: str) -> Json:
    """What every interaction payload has; `team` is the id of the organisation named at the top level."""
    return {
        "type": kind,
        "team": team_ref(store, store.teams[team]),
        "user": user_ref(store, user),
        "api_app_id": store.app.id,
        "token": VERIFICATION_TOKEN,
        "enterprise": enterprise_ref(store.enterprise_of(team)),
        "is_enterprise_install": False,
    }


def event_payload(store: Store, event: Json, event_id: str, seconds: int, *, shared: bool) -> Json:
    """The envelope of an event; `shared` where it is of a channel with another organisation.

    https://docs.slack.dev/apis/events-api/#event-subscriptions
    """
    enterprise = store.enterprise_of(store.app.team)
    enterprise_id = enterprise.id if enterprise else None
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": store.app.team,
        **({"enterprise_id": enterprise_id} if enterprise_id else {}),
        "context_team_id": store.app.team,
        "context_enterprise_id": enterprise_id,
        "api_app_id": store.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": seconds,
        "authorizations": [
            {
                "enterprise_id": enterprise_id,
                "team_id": store.app.team,
                "user_id": store.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{event_id}",
    }


def without_teams(payload: Json) -> Json:
    """A payload that names no team of the person, as Slack was seen to leave them out.

    https://docs.slack.dev/reference/interaction-payloads: of a shortcut on a message `user.team_id` is optional, and a
    person of an organisation with many workspaces may be named with none.
    """
    left = {name: value for name, value in payload.items() if name not in ("team_id", "team_domain", "team")}
    for name, dropped in (
        ("user", ("team_id",)),
        ("event", ("team", "user_team", "source_team")),
        ("view", ("team_id",)),
    ):
        if isinstance(left.get(name), dict):
            left[name] = {key: value for key, value in left[name].items() if key not in dropped}
    return left


def app_profile(store: Store, manifest: Manifest) -> Json:
    """The `bot_profile` that Slack adds to an app's messages."""
    return {
        "id": store.app.bot_id,
        "app_id": store.app.id,
        "user_id": store.bot.id,
        "name": manifest.display_name,
        "team_id": store.app.team,
        "deleted": False,
        "updated": 0,
    }
