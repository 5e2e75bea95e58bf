"""The shapes that Slack sends and answers with: pure functions from state to JSON."""

from __future__ import annotations

from typing import Any

from workspace.manifest import Manifest
from workspace.seed import Team, User
from workspace.store import Conversation, Message, Store, clone

Json = dict[str, Any]
# Slack's long-deprecated verification token; it is still in every payload and nothing should rely on it.
VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 - public and unused by design
NO_TEXT = "This content can't be displayed."


def message_json(store: Store, message: Message, *, metadata: bool = False) -> Json:
    """A message as in conversations.history and in payloads.

    https://docs.slack.dev/reference/events/message
    """
    team = store.users[message.user].team or store.app.team
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": team}
    if message.by_app:
        body |= {"bot_id": store.app.bot_id, "app_id": store.app.id}
    if message.blocks:
        body["blocks"] = clone(message.blocks)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if metadata and message.metadata:
        body["metadata"] = clone(message.metadata)
    return body | _thread_summary(store, message)


def _thread_summary(store: Store, message: Message) -> Json:
    replies = store.conversations[message.channel].replies(message.ts)
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


def user_json(store: Store, user: User, *, email: bool) -> Json:
    """A user object as in users.info; `email` only with the scope for it.

    https://docs.slack.dev/reference/objects/user-object. `is_stranger` is there for people of other
    organisations, and true for those who share no channel with the app.
    """
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "team": user.team,
    }
    if email and user.email:
        profile["email"] = user.email
    body: Json = {"id": user.id, "team_id": user.team, "name": user.name, "deleted": user.deleted, "profile": profile}
    if user.deleted:
        return body | {"is_bot": user.is_bot, "is_app_user": False}
    body |= {
        "real_name": user.real_name,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "single",
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.team != store.app.team:
        body["is_stranger"] = not store.shares_channel(user.id, store.bot.id)
    return body


def conversation_json(store: Store, conversation: Conversation) -> Json:
    """A conversation object. https://docs.slack.dev/reference/objects/conversation-object"""
    shared = store.is_shared(conversation)
    team = store.app.team
    body: Json = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_im": conversation.kind == "im",
        "is_org_shared": False,
        "context_team_id": team,
        "updated": conversation.created * 1000,
    }
    if conversation.kind == "im":
        others = [member for member in conversation.members if member != store.bot.id]
        return body | {"user": others[0], "is_user_deleted": store.users[others[0]].deleted, "priority": 0}
    teams = sorted(store.teams_in(conversation) | {team})
    return body | {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": conversation.kind == "group",
        "is_general": False,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_pending_ext_shared": False,
        "shared_team_ids": teams,
        "connected_team_ids": [one for one in teams if one != team] if shared else [],
        "is_member": store.bot.id in conversation.members,
        "num_members": len(conversation.members),
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def channel_ref(conversation: Conversation) -> Json:
    """A channel as interactions and commands name it: private channels and direct messages are not named."""
    hidden = {"im": "directmessage", "group": "privategroup"}
    return {"id": conversation.id, "name": hidden.get(conversation.kind, conversation.name)}


def user_ref(user: User) -> Json:
    """A person as interactions name them; `team_id` is the person's own organisation."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def team_ref(team: Team) -> Json:
    """A team as interactions name it."""
    return {"id": team.id, "domain": team.domain}


def command_payload(
    store: Store, user: User, conversation: Conversation, command: str, text: str, trigger: str, response_url: str
) -> dict[str, str]:
    """A slash command's form. https://docs.slack.dev/interactivity/implementing-slash-commands"""
    team = store.teams[store.app.team]
    channel = channel_ref(conversation)
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
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
        "team": team_ref(store.teams[team]),
        "user": user_ref(user),
        "api_app_id": store.app.id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def event_payload(store: Store, event: Json, event_id: str, seconds: int, *, shared: bool) -> Json:
    """The envelope of an event; `shared` where it is of a channel with another organisation.

    https://docs.slack.dev/apis/events-api/#event-subscriptions
    """
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": store.app.team,
        "context_team_id": store.app.team,
        "context_enterprise_id": None,
        "api_app_id": store.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": seconds,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": store.app.team,
                "user_id": store.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{event_id}",
    }


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
