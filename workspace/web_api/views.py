"""views.*: https://docs.slack.dev/reference/methods#views"""

from __future__ import annotations

from typing import Any

from workspace.blocks import check_view
from workspace.errors import SlackError
from workspace.state.views import View
from workspace.web_api.call import Call

Json = dict[str, Any]


def open_view(call: Call) -> Json:
    """views.open: a modal for the person whose action gave the trigger_id."""
    body = _view(call)
    trigger = call.ws.grants.check(_trigger(call))
    view = call.ws.views.open(trigger.user, body)
    trigger.used = True
    return _shown(call, view)


def push(call: Call) -> Json:
    """views.push: one more modal on the stack in which the trigger_id was given.

    Slack has no error of its own for a trigger_id that does not come from a modal which is open.
    """
    body = _view(call)
    trigger = call.ws.grants.check(_trigger(call))
    if all(view.id != trigger.view for view in call.ws.views.stack(trigger.user)):
        raise SlackError("not_found")
    view = call.ws.views.push(trigger.user, body)
    trigger.used = True
    return _shown(call, view)


def update(call: Call) -> Json:
    """views.update by view_id or external_id, with `hash` against races."""
    body = _view(call, ("modal", "home"))
    if not call.text("view_id") and not call.text("external_id"):
        raise SlackError("invalid_arguments", ("missing required field: view_id",))
    view = call.ws.views.find(call.text("view_id"), call.text("external_id"))
    return _shown(call, call.ws.views.update(view, body, call.text("hash") or None))


def publish(call: Call) -> Json:
    """views.publish: a person's Home tab, where the manifest has one."""
    if not call.ws.manifest.home_tab:
        raise SlackError("not_enabled")
    user = call.ws.store.users.get(call.required("user_id"))
    if user is None:
        raise SlackError("user_not_found")
    return _shown(call, call.ws.views.publish(user.id, _view(call, ("home",)), call.text("hash") or None))


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.required("interactivity_pointer")


def _view(call: Call, kinds: tuple[str, ...] = ("modal",)) -> object:
    """The view of the call; it is looked at before the trigger is, so that a bad view does not spend it."""
    view: object = call.json("view", "invalid_arguments")
    if view is None:
        raise SlackError("invalid_arguments", ("missing required field: view",))
    if problems := check_view(view, kinds):
        raise SlackError("invalid_arguments", tuple(problems))
    return view


def _shown(call: Call, view: View) -> Json:
    return {"view": call.ws.views.json(view, values=False)}
