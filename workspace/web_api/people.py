"""auth.test, apps.connections.open, users.* and team.info."""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.payloads import user_json
from workspace.seed import User
from workspace.web_api.call import Call

Json = dict[str, Any]


def auth_test(call: Call) -> Json:
    """auth.test: https://docs.slack.dev/reference/methods/auth.test"""
    store = call.ws.store
    team = store.teams[store.app.team]
    return {
        "url": f"{call.base_url}/",
        "team": team.name,
        "user": store.bot.name,
        "team_id": team.id,
        "user_id": store.bot.id,
        "bot_id": store.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    """apps.connections.open: an address for one Socket Mode connection."""
    address = call.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/socket-mode?ticket={call.ws.sockets.ticket()}"}


def info(call: Call) -> Json:
    """users.info; the address is there only with users:read.email."""
    user = call.ws.store.users.get(call.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user)}


def listing(call: Call) -> Json:
    """users.list: the installing team, and people of other organisations who share a channel with the app."""
    items, following = call.page([user for user in call.ws.store.users.values() if _visible(call, user)], 1000)
    return {
        "members": [_shown(call, user) for user in items],
        "cache_ts": int(call.ws.settings.now().timestamp()),
        "response_metadata": {"next_cursor": following},
    }


def by_email(call: Call) -> Json:
    """users.lookupByEmail"""
    email = call.required("email").lower()
    for user in call.ws.store.users.values():
        if user.email.lower() == email and not user.deleted and _visible(call, user):
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


def team_info(call: Call) -> Json:
    """team.info of a team that the app can see."""
    team = call.ws.store.teams.get(call.text("team") or call.ws.store.app.team)
    if team is None:
        raise SlackError("team_not_found")
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


def _visible(call: Call, user: User) -> bool:
    store = call.ws.store
    return user.team == store.app.team or (bool(user.team) and store.shares_channel(user.id, store.bot.id))


def _shown(call: Call, user: User) -> Json:
    return user_json(call.ws.store, user, email="users:read.email" in call.ws.manifest.scopes)
