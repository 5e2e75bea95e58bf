"""What of Slack is here: every method and event as supported, partial or not supported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workspace.web_api.methods import KNOWN, METHODS
from workspace.wire.events import EVENTS

PARTIAL_EVENTS = {
    "channel_shared": "when the first of another organisation joins, or comes by POST /control/share",
    "channel_unshared": "by POST /control/unshare",
    "file_shared": "for what the app or a person uploads, and not for a file that is shared once more",
    "pin_added": "for the app's own pins",
    "pin_removed": "for the app's own pins",
    "team_join": "by POST /control/arrive",
    "user_change": "by POST /control/deactivate and /control/regrade",
}
# The events that are not sent, by the reason why. Those that a manifest may ask for here are known to events.EVENTS.
UNSENT: dict[str, str] = {
    "nobody here can do what would cause it": """channel_id_changed""",
    "channels come from the seed": """
        channel_created channel_history_changed channel_rename group_close group_history_changed group_open
        group_rename im_close im_created im_history_changed im_open
        shared_channel_invite_accepted shared_channel_invite_approved shared_channel_invite_declined
        shared_channel_invite_received shared_channel_invite_requested""",
    "administration is not simulated": """
        app_approved app_denied app_requested app_rate_limited email_domain_changed grid_migration_finished
        grid_migration_started invite_requested team_access_granted team_access_revoked team_domain_change
        team_rename tokens_rotated user_huddle_changed user_profile_changed user_status_changed""",
    "not part of this workspace": """
        assistant_thread_context_changed assistant_thread_started call_rejected dnd_updated dnd_updated_user
        emoji_changed entity_details_requested file_change file_created file_deleted file_public file_unshared
        function_executed link_shared message.app_home message_metadata_deleted message_metadata_posted
        message_metadata_updated resources_added resources_removed scope_denied scope_granted star_added
        star_removed subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
        workflow_deleted workflow_published workflow_step_deleted workflow_step_execute workflow_unpublished""",
}


@dataclass(frozen=True)
class Support:
    """One method or event. `level` is supported, partial or not supported; `note` says what lacks, or why."""

    kind: str
    name: str
    level: str
    note: str = ""


def support_lines() -> list[Support]:
    """Every Web API method and every event of Slack's: what is here first, and by name.

    https://docs.slack.dev/reference/methods and https://docs.slack.dev/reference/events
    """
    unsent = {name for names in UNSENT.values() for name in names.split()}
    lines = [_line("method", name, method.lacks) for name, method in METHODS.items()]
    lines += [_line("event", name, PARTIAL_EVENTS.get(name, "")) for name in EVENTS if name not in unsent]
    lines.sort(key=lambda line: line.name)
    return [*lines, *sorted([*_missing("method", KNOWN), *_missing("event", UNSENT)], key=lambda line: line.name)]


def _line(kind: str, name: str, lacks: str) -> Support:
    return Support(kind, name, "partial" if lacks else "supported", lacks)


def _missing(kind: str, groups: dict[str, str]) -> Iterator[Support]:
    for reason, names in groups.items():
        for name in names.split():
            yield Support(kind, name, "not supported", reason)
