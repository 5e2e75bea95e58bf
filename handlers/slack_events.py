"""Changes in Slack that no person makes through Liaison: channels are shared or renumbered, accounts change."""

from functools import partial

from sqlmodel import Session

from bot import slack_channels, slack_users
from bot.domain.channel_ends import ChannelEnd
from bot.interactions.payloads import Event, Notice
from bot.interactions.router import Router
from bot.models import SlackUser
from bot.services.people import slack_changes
from bot.services.unit_of_work import UnitOfWork

ENDS = {"archive": ChannelEnd.ARCHIVED, "deleted": ChannelEnd.DELETED, "left": ChannelEnd.LEFT}


def register(router: Router) -> None:
    """Register the events."""
    router.on_notice("channel_shared", shared)
    router.on_notice("channel_unshared", unshared)
    router.on_notice("channel_id_changed", renumbered)
    for kind in ("user_change", "team_join"):
        router.on_notice(kind, user_seen, concerns=says_something_new)
    router.on_arrival("member_joined_channel", member_joined, concerns=is_not_known)
    for kind in ("channel", "group"):  # a private channel is a group
        for event, end in ENDS.items():
            router.on_notice(f"{kind}_{event}", partial(ended, end))
        router.on_notice(f"{kind}_unarchive", unarchived)
    router.on_notice("member_left_channel", member_left)
    router.on_message_notice("message_deleted", message_deleted, concerns=is_pinned_message)


def shared(work: UnitOfWork, notice: Notice) -> None:
    """Another organisation joined a channel (docs.slack.dev/reference/events/channel_shared)."""
    about = notice.about
    slack_changes.organisation_joined(work, about["channel"], about["connected_team_id"], notice.key)


def unshared(work: UnitOfWork, notice: Notice) -> None:
    """Another organisation left a channel (docs.slack.dev/reference/events/channel_unshared)."""
    about = notice.about
    others_stay = bool(about.get("is_ext_shared", True))
    slack_changes.organisation_left(
        work, about["channel"], about["previously_connected_team_id"], others_stay=others_stay
    )


def renumbered(work: UnitOfWork, notice: Notice) -> None:
    """A channel has a new id (docs.slack.dev/reference/events/channel_id_changed)."""
    slack_changes.channel_renumbered(work, notice.about["old_channel_id"], notice.about["new_channel_id"])


def says_something_new(session: Session, notice: Notice) -> bool:
    """Whether an event says of a person what is not kept. People change their status all day, which is nothing new."""
    seen = _seen(notice)
    return not slack_users.same(slack_users.find(session, seen.slack), seen)


def ended(end: ChannelEnd, work: UnitOfWork, notice: Notice) -> None:
    """A channel was archived or deleted, or Liaison was removed from it (docs.slack.dev/reference/events:
    channel_archive, channel_deleted, channel_left, and group_archive and so on)."""
    slack_changes.channel_ended(work, notice.about["channel"], end, notice.key)


def unarchived(work: UnitOfWork, notice: Notice) -> None:
    """A channel is open again (docs.slack.dev/reference/events/channel_unarchive)."""
    slack_changes.channel_reopened(work, notice.about["channel"])


def member_joined(work: UnitOfWork, notice: Notice) -> None:
    """Somebody came into a channel (docs.slack.dev/reference/events/member_joined_channel)."""
    slack_channels.note_changed(work.session, notice.about["channel"], work.now)


def member_left(work: UnitOfWork, notice: Notice) -> None:
    """Somebody is no longer in a channel (docs.slack.dev/reference/events/member_left_channel)."""
    slack_changes.member_left(work, notice.about["channel"], notice.about["user"], notice.key)


def message_deleted(work: UnitOfWork, notice: Notice) -> None:
    """A message was deleted (docs.slack.dev/reference/events/message/message_deleted)."""
    slack_changes.message_deleted(work, notice.about["channel"], notice.about["deleted_ts"])


def is_pinned_message(session: Session, event: Event) -> bool:
    """Whether the deleted message is one that Liaison keeps in its channel."""
    return slack_changes.is_pinned_message(session, event.about["channel"], event.about["deleted_ts"])


def user_seen(work: UnitOfWork, notice: Notice) -> None:
    """A person came or changed (docs.slack.dev/reference/events/user_change and team_join)."""
    slack_changes.user_seen(work, _seen(notice))


def is_not_known(session: Session, notice: Notice) -> bool:
    """Whether Slack must be asked who came into a channel (docs.slack.dev/reference/events/member_joined_channel): the
    event gives no more than their id, and a stranger is none from then on."""
    known = slack_users.find(session, notice.about["user"])
    return known is None or known.is_stranger


def _seen(notice: Notice) -> SlackUser:
    return slack_users.read_user(notice.about["user"], notice.happened_at)
