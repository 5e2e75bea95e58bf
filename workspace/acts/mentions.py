"""The names that a person types, as the ids that Slack makes of them on the way."""

from __future__ import annotations

import re

from workspace.page.mrkdwn import escaped
from workspace.state.seed import User
from workspace.state.store import Store

LINK = re.compile(r"\bhttps?://[^\s<>|]*[^\s<>|.,;:!?)]")
EMAIL = re.compile(r"(?<![\w.+/:-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def sent(store: Store, writer: User, text: str, *, named: bool = False) -> str:
    """A person's text as Slack keeps it: escaped, with @name and #channel as ids, of channels that they can see.

    With `named` the names stand beside the ids and links are marked, as in the text of a slash command.
    """

    def person(match: re.Match[str]) -> str:
        # A sentence may end after a name.
        name = match[1].rstrip(".")
        found = next((user for user in store.users.values() if user.name == name and not user.deleted), None)
        if found is None:
            return match[0]
        return f"<@{found.id}{f'|{name}' if named else ''}>{match[1][len(name) :]}"

    def channel(match: re.Match[str]) -> str:
        called = (one for one in store.conversations.values() if one.is_channel and one.name == match[1])
        found = next((one for one in called if store.can_see(writer, one)), None)
        return f"<#{found.id}|{found.name if named or found.kind == 'channel' else ''}>" if found else match[0]

    text = escaped(text)
    if named:
        text = EMAIL.sub(r"<mailto:\g<0>|\g<0>>", LINK.sub(r"<\g<0>>", text))
    text = re.sub(r"(?<![\w@.])@([\w.-]+)", person, text)
    return re.sub(r"(?<![\w&#])#([\w-]+)", channel, text)
