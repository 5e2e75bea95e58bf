"""auth.test, api.test, apps.connections.open, bots.info, team.info and users.*"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.state.objects import team_json, user_json
from workspace.state.seed import User
from workspace.web_api.call import Call
from workspace.web_api.conversations import listed

Json = dict[str, Any]


def api_test(call: Call) -> Json:
    """api.test: the arguments come back, and `error` is the error. No token is needed."""
    if call.text("error"):
        raise SlackError(call.text("error"))
    return {"args": call.arguments} if call.arguments else {}


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
        **({"enterprise_id": team.enterprise} if team.enterprise else {}),
    }


def open_connection(call: Call) -> Json:
    """apps.connections.open: an address for one Socket Mode connection."""
    address = call.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/socket-mode?ticket={call.ws.sockets.ticket()}"}


def bot_info(call: Call) -> Json:
    """bots.info of the app itself, which is the only one here."""
    store = call.ws.store
    if call.text("bot", store.app.bot_id) != store.app.bot_id:
        raise SlackError("bot_not_found")
    about = {"id": store.app.bot_id, "app_id": store.app.id, "user_id": store.bot.id}
    return {"bot": {**about, "name": call.ws.manifest.display_name, "deleted": False, "updated": 0, "icons": {}}}


def team_info(call: Call) -> Json:
    """team.info of a team that the app can see: its own, or one it shares a channel with."""
    store = call.ws.store
    team = store.teams.get(call.text("team") or store.app.team)
    near = team is not None and any(store.shares_channel(user.id, store.bot.id) for user in _people_of(call, team.id))
    if team is None or not (team.id == store.app.team or near):
        raise SlackError("team_not_found")
    return {"team": team_json(store, team)}


def _people_of(call: Call, team: str) -> list[User]:
    return [user for user in call.ws.store.users.values() if call.ws.store.is_member(user, team)]


def info(call: Call) -> Json:
    """users.info, of anybody whose id the app came by; the address is there only with users:read.email."""
    user = call.ws.store.users.get(call.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user)}


def listing(call: Call) -> Json:
    """users.list: the installing team, deactivated people and bots included.

    People of other organisations are not in it, whatever they share: they are found by id alone
    (https://docs.slack.dev/apis/slack-connect).
    """
    items, following = call.page(_people_of(call, call.ws.store.app.team), 1000)
    return {
        "members": [_shown(call, user) for user in items],
        "cache_ts": int(call.ws.settings.now().timestamp()),
        "response_metadata": {"next_cursor": following},
    }


def by_email(call: Call) -> Json:
    """users.lookupByEmail, in the installing team. The scope users:read.email is for it, beside users:read."""
    call.need("users:read.email")
    email = call.required("email").lower()
    for user in _people_of(call, call.ws.store.app.team):
        if user.email.lower() == email and not user.deleted and not user.is_bot:
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


def conversations(call: Call) -> Json:
    """users.conversations: where somebody is a member, by default the app; others only as far as the app sees."""
    store = call.ws.store
    user = store.users.get(call.text("user") or store.bot.id)
    if user is None:
        raise SlackError("user_not_found")
    seen = [one for one in store.of(user.id) if store.is_visible(one)]
    if user is not store.bot:
        seen = [one for one in seen if one.kind != "im"]
    return listed(call, seen)


def _shown(call: Call, user: User) -> Json:
    return user_json(call.ws.store, user, email="users:read.email" in call.ws.manifest.scopes)
