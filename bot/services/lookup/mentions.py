"""The people and channels that somebody names: by a mention, a handle or a name."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.normalisation import name_key
from bot.domain.search import search_by
from bot.domain.slack_text import channel_mentioned, mentioned_users, user_mentioned, with_names
from bot.errors import UserError
from bot.models import Channel, Contract, Organisation, Person, SlackUser
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.unit_of_work import UnitOfWork


def readable(work: UnitOfWork, text: str) -> str:
    """The text with the names of the people and channels that it mentions. One query, if it mentions anybody."""
    return with_names(text, names_of(work.session, mentioned_users(text)))


def names_of(session: Session, users: Collection[str]) -> dict[str, str]:
    """The names of those Slack users who are known, by their ids: the register's, or else what Slack calls them."""
    if not users:
        return {}
    names = (
        select(col(model.slack), col(model.name)).where(col(model.slack).in_(users)) for model in (SlackUser, Person)
    )
    return {row.slack: row.name for known in names for row in session.execute(known) if row.name}


def contract_of_mention(session: Session, text: str) -> str | None:
    """The reference of the contract to which the channel belongs that this text mentions, and nothing else."""
    slack = channel_mentioned(text)
    if slack is None:
        return None
    return session.scalar(
        select(col(Contract.reference))
        .join(Channel, col(Channel.contract_id) == col(Contract.id))
        .where(col(Channel.slack) == slack)
    )


def person_named(work: UnitOfWork, typed: str, among: Sequence[Person], nobody: Callable[[str], UserError]) -> Person:
    """The one of these people whom a mention, a handle, a name or words of it mean.

    Raises the error that `nobody` makes of what was typed if none fits, and `AmbiguousMatch` if several do.
    """
    user = user_mentioned(typed)
    if user is not None:
        found = [each for each in among if each.slack == user]
    else:
        name = typed.strip().removeprefix("@")
        whole = [each for each in among if name_key(each.name) == name_key(name)]
        found = whole or _by_handle(work.session, name, among)
        found = found or search_by(name, among, lambda each: each.slack, lambda each: each.name)
    if not found:
        raise nobody(readable(work, typed))
    if len(found) > 1:
        raise _several_people(work.session, typed, found)
    return found[0]


def _by_handle(session: Session, typed: str, among: Sequence[Person]) -> list[Person]:
    """Those of these people who are called so in Slack: by the handle, or the name that they chose to show."""
    handles = _handles(session, among)
    key = name_key(typed)
    return [each for each in among if key in {name_key(name) for name in handles.get(each.slack, ())}]


def _handles(session: Session, people: Sequence[Person]) -> dict[str, tuple[str, str]]:
    slack = [each.slack for each in people]
    users = select(SlackUser).where(col(SlackUser.slack).in_(slack))
    return {each.slack: (each.handle, each.display_name) for each in session.scalars(users)}


def _several_people(session: Session, typed: str, found: Sequence[Person]) -> AmbiguousMatch:
    """A name fits several people: each is told apart by the organisation, and the handle where that is the same."""
    organisations = select(Organisation).where(col(Organisation.id).in_({each.organisation_id for each in found}))
    of = {each.id: each.name for each in session.scalars(organisations)}
    handles = _handles(session, found)
    names = Counter(f"{each.name} of {of[each.organisation_id]}" for each in found)
    options = []
    for each in found:
        name = f"{each.name} of {of[each.organisation_id]}"
        told_apart = name if names[name] == 1 else f"{name} ({_called(each, handles)})"
        options.append(Option(f"<@{each.slack}>", told_apart, each.email))
    return AmbiguousMatch(typed, "person", options, many="people")


def _called(person: Person, handles: Mapping[str, tuple[str, str]]) -> str:
    handle, _ = handles.get(person.slack, ("", ""))
    return f"@{handle}" if handle else person.slack
