"""The table of Web API methods: what runs each, what it needs, how often it may be called, and how much of it is here.

https://docs.slack.dev/reference/methods, where each method's page gives its scopes and its tier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workspace.state.limits import HUNDREDS, TIER_1, TIER_2, TIER_3, TIER_4, Limit
from workspace.web_api import chat, conversations, files, items, membership, people, scheduled, views
from workspace.web_api.call import Call

Json = dict[str, Any]
ANY_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
ANY_WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
WRITE = ("chat:write",)


@dataclass(frozen=True)
class Method:
    """A method: what runs it, the scopes of which one is needed, its limit, and what of it is lacking.

    `takes_json` is whether Slack reads its arguments from JSON; `app_level` whether it takes the app-level token.
    """

    run: Callable[[Call], Json]
    scopes: tuple[str, ...]
    limit: Limit
    lacks: str = ""
    takes_json: bool = True
    app_level: bool = False
    needs_token: bool = True


POSTING = "attachments, unfurling, and another name or icon (chat:write.customize) are ignored"
METHODS: dict[str, Method] = {
    "api.test": Method(people.api_test, (), TIER_4, needs_token=False),
    "apps.connections.open": Method(people.open_connection, (), TIER_1, app_level=True),
    "auth.test": Method(people.auth_test, (), HUNDREDS),
    "bookmarks.add": Method(items.add_bookmark, ("bookmarks:write",), TIER_2, "links only, with no folders"),
    "bookmarks.edit": Method(items.edit_bookmark, ("bookmarks:write",), TIER_2),
    "bookmarks.list": Method(items.list_bookmarks, ("bookmarks:read",), TIER_3),
    "bookmarks.remove": Method(items.remove_bookmark, ("bookmarks:write",), TIER_2),
    "bots.info": Method(people.bot_info, ("users:read",), TIER_3, "the app itself only"),
    "chat.delete": Method(chat.delete, WRITE, TIER_3),
    "chat.deleteScheduledMessage": Method(scheduled.delete, WRITE, TIER_3),
    "chat.getPermalink": Method(chat.get_permalink, (), HUNDREDS),
    "chat.meMessage": Method(chat.me_message, WRITE, TIER_3),
    "chat.postEphemeral": Method(chat.post_ephemeral, WRITE, TIER_4, POSTING),
    "chat.postMessage": Method(chat.post_message, WRITE, HUNDREDS, POSTING),
    "chat.scheduleMessage": Method(scheduled.schedule, WRITE, TIER_3, POSTING),
    "chat.scheduledMessages.list": Method(scheduled.listing, (), TIER_3),
    "chat.update": Method(chat.update, WRITE, TIER_3, "attachments and file_ids are ignored"),
    "conversations.history": Method(conversations.history, ANY_HISTORY, TIER_3),
    "conversations.info": Method(conversations.info, ANY_READ, TIER_3, "locale is never there"),
    "conversations.invite": Method(membership.invite, ("channels:manage", "groups:write",
        "channels:write.invites", "groups:write.invites"), TIER_3),
    "conversations.join": Method(membership.join, ("channels:join",), TIER_3),
    "conversations.leave": Method(membership.leave, ("channels:manage", "groups:write"), TIER_3),
    "conversations.list": Method(conversations.listing, ANY_READ, TIER_2),
    "conversations.mark": Method(membership.mark, ANY_WRITE, TIER_3),
    "conversations.members": Method(conversations.members, ANY_READ, TIER_4),
    "conversations.open": Method(membership.open_direct, ("im:write", "mpim:write"), TIER_3),
    "conversations.replies": Method(conversations.replies, ANY_HISTORY, TIER_3),
    "conversations.setTopic": Method(membership.set_topic, (*ANY_WRITE, "channels:write.topic", "groups:write.topic",
        "mpim:write.topic"), TIER_2, "the message that says so is not posted"),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",), TIER_4),
    "files.delete": Method(files.delete, ("files:write",), TIER_3),
    "files.getUploadURLExternal": Method(
        files.get_upload_url, ("files:write",), TIER_4, "snippets are files like any other", takes_json=False
    ),
    "files.info": Method(files.info, ("files:read",), TIER_4, "no comments, previews or thumbnails"),
    "pins.add": Method(items.add_pin, ("pins:write",), TIER_2),
    "pins.list": Method(items.list_pins, ("pins:read",), TIER_2),
    "pins.remove": Method(items.remove_pin, ("pins:write",), TIER_2),
    "reactions.add": Method(items.add_reaction, ("reactions:write",), TIER_3, "any well-formed name is an emoji"),
    "reactions.get": Method(items.get_reactions, ("reactions:read",), TIER_3, "messages only"),
    "reactions.remove": Method(items.remove_reaction, ("reactions:write",), TIER_2, "messages only"),
    "team.info": Method(people.team_info, ("team:read",), TIER_3),
    "users.conversations": Method(people.conversations, ANY_READ, TIER_3),
    "users.info": Method(people.info, ("users:read",), TIER_4),
    "users.list": Method(people.listing, ("users:read",), TIER_2),
    "users.lookupByEmail": Method(people.by_email, ("users:read.email",), TIER_3),
    "views.open": Method(views.open_view, (), TIER_4),
    "views.publish": Method(views.publish, (), TIER_4),
    "views.push": Method(views.push, (), TIER_4),
    "views.update": Method(views.update, (), TIER_4),
}  # fmt: skip

# Slack's other methods, by the reason why they are not here. Each is answered with unknown_method.
KNOWN: dict[str, str] = {
    "administration is not simulated": """
        admin.analytics.getFile admin.apps.activities.list admin.apps.approve admin.apps.approved.list
        admin.apps.clearResolution admin.apps.config.lookup admin.apps.config.set admin.apps.requests.cancel
        admin.apps.requests.list admin.apps.restrict admin.apps.restricted.list admin.apps.uninstall
        admin.auth.policy.assignEntities admin.auth.policy.getEntities admin.auth.policy.removeEntities
        admin.barriers.create admin.barriers.delete admin.barriers.list admin.barriers.update
        admin.conversations.archive admin.conversations.bulkArchive admin.conversations.bulkDelete
        admin.conversations.bulkMove admin.conversations.convertToPrivate admin.conversations.convertToPublic
        admin.conversations.create admin.conversations.delete admin.conversations.disconnectShared
        admin.conversations.getConversationPrefs admin.conversations.getCustomRetention admin.conversations.getTeams
        admin.conversations.invite admin.conversations.lookup admin.conversations.removeCustomRetention
        admin.conversations.rename admin.conversations.restrictAccess.addGroup
        admin.conversations.restrictAccess.listGroups admin.conversations.restrictAccess.removeGroup
        admin.conversations.search admin.conversations.setConversationPrefs admin.conversations.setCustomRetention
        admin.conversations.setTeams admin.conversations.unarchive admin.emoji.add admin.emoji.addAlias
        admin.emoji.list admin.emoji.remove admin.emoji.rename admin.functions.list admin.functions.permissions.lookup
        admin.functions.permissions.set admin.inviteRequests.approve admin.inviteRequests.approved.list
        admin.inviteRequests.denied.list admin.inviteRequests.deny admin.inviteRequests.list
        admin.roles.addAssignments admin.roles.listAssignments admin.roles.removeAssignments admin.teams.admins.list
        admin.teams.create admin.teams.list admin.teams.owners.list admin.teams.settings.info
        admin.teams.settings.setDefaultChannels admin.teams.settings.setDescription
        admin.teams.settings.setDiscoverability admin.teams.settings.setIcon admin.teams.settings.setName
        admin.usergroups.addChannels admin.usergroups.addTeams admin.usergroups.listChannels
        admin.usergroups.removeChannels admin.users.assign admin.users.getExpiration admin.users.invite
        admin.users.list admin.users.remove admin.users.session.clearSettings admin.users.session.getSettings
        admin.users.session.invalidate admin.users.session.list admin.users.session.reset
        admin.users.session.resetBulk admin.users.session.setSettings admin.users.setAdmin admin.users.setExpiration
        admin.users.setOwner admin.users.setRegular admin.users.unsupportedVersions.export
        admin.workflows.collaborators.add admin.workflows.collaborators.remove admin.workflows.permissions.lookup
        admin.workflows.search admin.workflows.unpublish""",
    "installation and OAuth are not simulated": """
        apps.event.authorizations.list apps.manifest.create apps.manifest.delete apps.manifest.export
        apps.manifest.update apps.manifest.validate apps.uninstall auth.revoke auth.teams.list migration.exchange
        oauth.access oauth.v2.access oauth.v2.exchange openid.connect.token openid.connect.userInfo
        tooling.tokens.rotate""",
    "channels come from the seed": """
        conversations.acceptSharedInvite conversations.approveSharedInvite conversations.archive conversations.close
        conversations.create conversations.declineSharedInvite conversations.externalInvitePermissions.set
        conversations.inviteShared conversations.kick conversations.listConnectInvites conversations.rename
        conversations.requestSharedInvite.approve conversations.requestSharedInvite.deny
        conversations.requestSharedInvite.list conversations.setPurpose conversations.unarchive""",
    "canvases, lists, calls and assistants are not part of this workspace": """
        assistant.search.context assistant.threads.setStatus assistant.threads.setSuggestedPrompts
        assistant.threads.setTitle calls.add calls.end calls.info calls.participants.add calls.participants.remove
        calls.update canvases.access.delete canvases.access.set canvases.create canvases.delete canvases.edit
        canvases.sections.lookup conversations.canvases.create chat.appendStream chat.startStream chat.stopStream
        slackLists.access.delete slackLists.access.set slackLists.create slackLists.download.get
        slackLists.download.start slackLists.items.create slackLists.items.delete slackLists.items.deleteMultiple
        slackLists.items.info slackLists.items.list slackLists.items.update slackLists.update""",
    "workflows are not part of this workspace": """
        entity.presentDetails functions.completeError functions.completeSuccess workflows.featured.add
        workflows.featured.list workflows.featured.remove workflows.featured.set workflows.stepCompleted
        workflows.stepFailed workflows.updateStep""",
    "not needed by an app that writes messages": """
        chat.unfurl dnd.endDnd dnd.endSnooze dnd.info dnd.setSnooze dnd.teamInfo emoji.list files.comments.delete
        files.list files.remote.add files.remote.info files.remote.list files.remote.remove files.remote.share
        files.remote.update files.revokePublicURL files.sharedPublicURL reactions.list reminders.add
        reminders.complete reminders.delete reminders.info reminders.list search.all search.files search.messages
        stars.add stars.list stars.remove team.accessLogs team.billableInfo team.billing.info
        team.externalTeams.disconnect team.externalTeams.list team.integrationLogs team.preferences.list
        team.profile.get usergroups.create usergroups.disable usergroups.enable usergroups.list usergroups.update
        usergroups.users.list usergroups.users.update users.deletePhoto users.discoverableContacts.lookup
        users.getPresence users.identity users.profile.get users.profile.set users.setActive users.setPhoto
        users.setPresence""",
    "Slack has retired it": """
        dialog.open files.upload rtm.connect rtm.start""",
}
