"""Slack's objects as the Web API answers with them: users, conversations, teams and files.

https://docs.slack.dev/reference/objects
"""

from __future__ import annotations

from typing import Any

from workspace.state.files import File
from workspace.state.seed import Team, User
from workspace.state.store import Conversation, Store

Json = dict[str, Any]


def user_json(store: Store, user: User, *, email: bool) -> Json:
    """A user object as in users.info; `email` only with the scope for it.

    https://docs.slack.dev/reference/objects/user-object. People of other organisations are shown with less: no
    address, no roles and no time zone of theirs, and `is_stranger`, which is true for those who share no channel with
    the app (https://docs.slack.dev/apis/slack-connect).
    """
    elsewhere = is_elsewhere(store, user)
    body: Json = {
        "id": user.id,
        "team_id": store.home(user),
        "name": user.name,
        "deleted": user.deleted,
        "color": "9f69e7",
        "profile": _profile(store, user, email=email and not elsewhere),
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if enterprise_user := _enterprise_user(store, user):
        body["enterprise_user"] = enterprise_user
    if user.deleted:
        return body
    body["real_name"] = user.real_name
    body["who_can_share_contact_card"] = "EVERYONE"
    if elsewhere:
        return body | {"is_stranger": not store.shares_channel(user.id, store.bot.id)}
    owner = user.role in ("owner", "primary_owner")
    body |= {
        "tz": user.tz,
        "tz_label": "Greenwich Mean Time" if user.tz == "Europe/London" else user.tz,
        "tz_offset": store.offset_of(user),
        "is_admin": owner or user.role == "admin",
        "is_owner": owner,
        "is_primary_owner": user.role == "primary_owner",
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "single",
        "is_email_confirmed": user.confirmed and not user.is_bot,
    }
    return body | ({"is_invited_user": True} if user.invited else {})


def is_elsewhere(store: Store, user: User) -> bool:
    """Whether a person belongs to another organisation than the app does."""
    return bool(user.team) and store.organisation(user.team) != store.organisation(store.app.team)


def _profile(store: Store, user: User, *, email: bool) -> Json:
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "status_text": "",
        "status_emoji": "",
        "first_name": first,
        "last_name": last,
        "team": store.home(user),
    }
    if user.is_bot and user.id == store.bot.id:
        profile |= {"api_app_id": store.app.id, "bot_id": store.app.bot_id, "always_active": True}
    if email and user.email:
        profile["email"] = user.email
    return profile


def _enterprise_user(store: Store, user: User) -> Json | None:
    """What an Enterprise organisation says of its people. https://docs.slack.dev/enterprise"""
    enterprise = store.enterprise_of(user.team)
    if enterprise is None or user.is_bot:
        return None
    return {
        "id": user.id,
        "enterprise_id": enterprise.id,
        "enterprise_name": enterprise.name,
        "is_admin": user.role != "",
        "is_owner": user.role in ("owner", "primary_owner"),
        "is_primary_owner": user.role == "primary_owner",
        "teams": list(dict.fromkeys((user.team, *user.teams))),
    }


def conversation_json(store: Store, conversation: Conversation) -> Json:
    """A conversation object. https://docs.slack.dev/reference/objects/conversation-object"""
    body: Json = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_im": conversation.kind == "im",
        "is_org_shared": False,
        "context_team_id": store.app.team,
        "updated": conversation.created * 1000,
    }
    if conversation.kind == "im":
        others = [member for member in conversation.members if member != store.bot.id] or conversation.members
        return body | {"user": others[0], "is_user_deleted": store.users[others[0]].deleted, "priority": 0}
    body |= {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "group",
        "is_mpim": conversation.kind == "mpim",
        "is_private": conversation.kind != "channel",
        "is_general": False,
        "unlinked": 0,
        "creator": conversation.members[0] if conversation.members else "",
        "is_member": store.bot.id in conversation.members,
        "num_members": len(conversation.members),
        "previous_names": [],
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return body | _sharing(store, conversation)


def _sharing(store: Store, conversation: Conversation) -> Json:
    """With whom a channel is shared: within the organisation, and outside it (Slack Connect).

    https://docs.slack.dev/apis/slack-connect. Another organisation is named by the id of its enterprise, where it
    is one, and else of its team.
    """
    team = store.app.team
    ours = store.organisation(team)
    teams = {one for one in store.teams_in(conversation) if one} | {team}
    internal = sorted(one for one in teams if store.organisation(one) == ours)
    outside = sorted({store.organisation(one) for one in teams if store.organisation(one) != ours})
    external = store.is_shared(conversation)
    inside = len(internal) > 1
    pending = [store.organisation(one) for one in conversation.pending]
    body: Json = {
        "is_shared": external or inside,
        "is_ext_shared": external,
        "is_org_shared": inside,
        "is_pending_ext_shared": bool(pending),
        "pending_shared": pending,
        "pending_connected_team_ids": pending,
        "shared_team_ids": [*internal, *outside],
        "internal_team_ids": internal if external or inside else [],
        "connected_team_ids": outside,
    }
    if not store.switches.organisations:
        body |= {"connected_team_ids": None, "pending_connected_team_ids": None, "shared_team_ids": [team]}
    host = conversation.host
    hosted_by = host if store.organisation(host) == ours else store.organisation(host)
    return body | ({"conversation_host_id": hosted_by} if external else {})


def team_json(store: Store, team: Team) -> Json:
    """A team as in team.info. https://docs.slack.dev/reference/methods/team.info"""
    body: Json = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    if enterprise := store.enterprise_of(team.id):
        body |= {
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
            "enterprise_domain": enterprise.domain,
        }
    return body


def file_json(store: Store, file: File) -> Json:
    """A file object. https://docs.slack.dev/reference/objects/file-object"""
    kinds: dict[str, list[str]] = {"channel": [], "group": [], "mpim": [], "im": []}
    shares: dict[str, Json] = {}
    for channel, stamps in file.shares.items():
        conversation = store.conversations[channel]
        kinds[conversation.kind].append(channel)
        side = "public" if conversation.kind == "channel" else "private"
        shares.setdefault(side, {})[channel] = [{"ts": ts} for ts in stamps]
    name, _, extension = file.name.rpartition(".")
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype if file.processed else "",
        "filetype": (extension.lower() if name else "binary") if file.processed else "",
        "pretty_type": (extension.upper() if name else "Binary") if file.processed else "",
        "user": file.user,
        "user_team": store.home(store.users[file.user]),
        "editable": False,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(kinds["channel"]),
        "public_url_shared": False,
        "url_private": file.url,
        "url_private_download": file.url,
        "permalink": file.url,
        "shares": shares,
        "channels": kinds["channel"],
        "groups": kinds["group"] + kinds["mpim"],
        "ims": kinds["im"],
        "has_rich_preview": False,
        "alt_txt": file.alt_text,
    }
