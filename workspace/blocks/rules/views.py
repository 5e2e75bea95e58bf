"""Modals and Home tabs: https://docs.slack.dev/reference/views"""

from __future__ import annotations

from workspace.blocks.checks import Check, Shape, anything, flag, string
from workspace.blocks.rules.objects import plain

VIEW: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {"title": plain(24), "blocks": anything},
        {
            **VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
        },
    ),
    "home": Shape({"blocks": anything}, VIEW),
}
