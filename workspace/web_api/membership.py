"""conversations.* that change who is where: https://docs.slack.dev/reference/methods#conversations"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.state.objects import conversation_json
from workspace.state.store import Conversation
from workspace.web_api.call import Call

Json = dict[str, Any]
MOST_IN_GROUP = 8
MOST_INVITED = 100
LONGEST_TOPIC = 250
MANAGING = {"channel": "channels:manage", "group": "groups:write", "im": "im:write", "mpim": "mpim:write"}


def open_direct(call: Call) -> Json:
    """conversations.open: the direct message with one person or up to eight, or the `channel` it already is."""
    store = call.ws.store
    if call.text("channel"):
        conversation = call.own_conversation()
        if conversation.is_channel:
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(call, conversation, known=True)
    users = [one for one in call.ids("users") if one != store.bot.id]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_IN_GROUP:
        raise SlackError("too_many_users")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    people = [call.reachable(user).id for user in users]
    known = store.known_direct({*people, store.bot.id})
    if call.flag("prevent_creation") and known is None:
        raise SlackError("channel_not_found")
    if len(people) == 1:
        return _opened(call, store.direct(people[0], store.bot.id), known=known is not None)
    return _opened(call, store.group_direct([*people, store.bot.id]), known=known is not None)


def _opened(call: Call, conversation: Conversation, *, known: bool) -> Json:
    whole = call.flag("return_im")
    channel = conversation_json(call.ws.store, conversation) if whole else {"id": conversation.id}
    return {**({"no_op": True, "already_open": True} if known else {}), "channel": channel}


def join(call: Call) -> Json:
    """conversations.join: the app becomes a member of a public channel."""
    conversation = call.conversation()
    if conversation.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise SlackError("is_archived")
    if call.is_member(conversation):
        call.warnings.append("already_in_channel")
    else:
        call.ws.join(conversation, call.ws.store.bot)
    return {"channel": conversation_json(call.ws.store, conversation)}


def invite(call: Call) -> Json:
    """conversations.invite: people of the app's own organisation, all of them or none unless `force`."""
    conversation = call.conversation()
    if not conversation.is_channel:
        raise SlackError("method_not_supported_for_channel_type")
    side = "channels" if conversation.kind == "channel" else "groups"
    call.need(MANAGING[conversation.kind], f"{side}:write.invites")
    if not call.is_member(conversation):
        raise SlackError("not_in_channel")
    if conversation.archived:
        raise SlackError("is_archived")
    users = call.ids("users")
    if not users:
        raise SlackError("no_user")
    if len(users) > MOST_INVITED:
        raise SlackError("too_many_users")
    problems = {user: problem for user in users if (problem := _invitation_problem(call, conversation, user))}
    if problems and not (call.flag("force") and len(problems) < len(users)):
        raise SlackError(next(iter(problems.values())))
    for user in users:
        if user not in problems:
            call.ws.join(conversation, call.ws.store.users[user], call.ws.store.bot)
    return {"channel": conversation_json(call.ws.store, conversation)}


def _invitation_problem(call: Call, conversation: Conversation, user_id: str) -> str:
    store = call.ws.store
    user = store.users.get(user_id)
    if user is None or user_id == "USLACKBOT":
        return "user_not_found"
    if user_id == store.bot.id:
        return "cant_invite_self"
    if user.deleted:
        return "user_not_found"
    if user_id in conversation.members:
        return "already_in_channel"
    if store.organisation(user.team) != store.organisation(store.app.team):
        return "cant_invite"  # they come by an invitation to share the channel, and by no other way
    return "ura_max_channels" if user.guest == "single" else ""


def leave(call: Call) -> Json:
    """conversations.leave"""
    conversation = call.conversation()
    if not conversation.is_channel:
        raise SlackError("method_not_supported_for_channel_type")
    call.need(MANAGING[conversation.kind])
    if not call.is_member(conversation):
        return {"not_in_channel": True}
    if conversation.kind == "group" and len(conversation.members) == 1:
        raise SlackError("last_member")
    call.ws.leave(conversation, call.ws.store.bot)
    return {}


def mark(call: Call) -> Json:
    """conversations.mark: how far the app has read."""
    conversation = call.own_conversation()
    call.need(MANAGING[conversation.kind])
    ts = call.text("ts")
    if conversation.find(ts) is None:
        raise SlackError("invalid_timestamp")
    conversation.read[call.ws.store.bot.id] = ts
    return {}


def set_topic(call: Call) -> Json:
    """conversations.setTopic"""
    conversation = call.own_conversation()
    if conversation.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    side = {"channel": "channels", "group": "groups"}.get(conversation.kind, "mpim")
    call.need(MANAGING[conversation.kind], f"{side}:write.topic")
    if conversation.archived:
        raise SlackError("is_archived")
    topic = call.text("topic")
    if len(topic) > LONGEST_TOPIC:
        raise SlackError("too_long")
    conversation.topic = topic
    call.ws.store.changed()
    return {"channel": conversation_json(call.ws.store, conversation)}
