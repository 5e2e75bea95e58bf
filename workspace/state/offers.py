"""What a select offers to the person who opens it: its own options, or people and conversations.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workspace.state.seed import User
from workspace.state.store import Conversation, Store

Json = dict[str, Any]
# What a conversation filter's `include` calls each kind of conversation.
KINDS = {"channel": "public", "group": "private", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True)
class Offer:
    """One line of a select's list."""

    value: str
    text: str
    about: str = ""


@dataclass(frozen=True)
class Group:
    """Lines that stand together; without a label where the select has no groups."""

    label: str
    offers: list[Offer]


def offers(store: Store, user: User, element: Json) -> list[Group]:
    """What an element offers to a person, in the order it is shown. An external select asks the app instead."""
    kind = source(element)
    if kind == "static":
        return _static(element)
    if kind == "external":
        return []
    return [Group("", list(_people(store) if kind == "users" else _conversations(store, user, element)))]


def source(element: Json) -> str:
    """Where a select's options come from: static, external, users, conversations or channels."""
    return str(element["type"]).removeprefix("multi_").removesuffix("_select")


def chosen_offers(element: Json, values: list[str], groups: list[Group], suggested: list[Json]) -> list[Offer]:
    """The lines for what is chosen; `suggested` are options that came from the app."""
    known = {offer.value: offer for group in groups for offer in group.offers}
    initial = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    for option in (*suggested, *initial):
        known.setdefault(option["value"], _offer(option))
    return [known.get(value, Offer(value, value)) for value in values]


def _static(element: Json) -> list[Group]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [
        Group(group["label"]["text"] if "label" in group else "", [_offer(option) for option in group["options"]])
        for group in groups
    ]


def _offer(option: Json) -> Offer:
    return Offer(option["value"], option["text"]["text"], option.get("description", {}).get("text", ""))


def _people(store: Store) -> Iterator[Offer]:
    people = [user for user in store.users.values() if not user.deleted and not user.is_bot]
    return (Offer(user.id, user.real_name, user.title) for user in people)


def _conversations(store: Store, user: User, element: Json) -> Iterator[Offer]:
    """Conversations that the person can see, held against the element's filter."""
    wanted = element.get("filter", {})
    kinds = wanted.get("include", list(KINDS.values()))
    if source(element) == "channels":
        kinds = ["public"]
    for one in store.conversations.values():
        if one.archived or KINDS[one.kind] not in kinds or not store.can_see(user, one):
            continue
        if wanted.get("exclude_external_shared_channels") and store.is_shared(one):
            continue
        if wanted.get("exclude_bot_users") and _with_bot(store, one):
            continue
        yield Offer(one.id, _name(store, user, one))


def _with_bot(store: Store, conversation: Conversation) -> bool:
    return conversation.kind == "im" and any(store.users[member].is_bot for member in conversation.members)


def _name(store: Store, user: User, conversation: Conversation) -> str:
    if conversation.kind in ("channel", "group"):
        return f"#{conversation.name}"
    others = [store.users[member].real_name for member in conversation.members if member != user.id]
    return ", ".join(others) or user.real_name
