"""Slack's payloads as typed values. A payload only names a person and a record; it decides nothing else.

This is the border for what people type in Slack: every text is `cleaned` here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.delivery.directory import NOT_CLAIMED
from bot.delivery.slack_messages import MessageRef
from bot.domain.normalisation import cleaned
from bot.domain.references import is_by_number, key_claimed, number_claimed
from bot.domain.slack_text import as_typed
from bot.errors import UserError

STAMP = "\n"  # in a form's metadata, before the audit entry at which it was opened


class FromEarlierVersion(UserError):
    """A button or a form names a record by its number, or is itself not known any more.

    After a restore of the database the number may be another record's, so it is not looked up.
    """

    def __init__(self) -> None:
        super().__init__(
            "This form is from an earlier version of Liaison, so nothing was done. Copy what you typed, close the form "
            "and open it anew."
        )


@dataclass(frozen=True)
class Request:
    """One delivery: `key` is the same when Slack delivers it again, `home` the team that it names as the person's,
    NOT_CLAIMED where it names none."""

    key: str
    user: str
    home: str
    trigger_id: str


@dataclass(frozen=True)
class Command(Request):
    """A slash command."""

    name: str
    text: str
    channel: str

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Command":
        """Read the body that Slack posts (docs.slack.dev, Implementing slash commands)."""
        return cls(
            key=f"command {body['trigger_id']}",
            user=body["user_id"],
            # Only members of the team that installed the app can use its commands, so this is their home.
            home=body.get("team_id") or body.get("enterprise_id") or NOT_CLAIMED,
            trigger_id=body["trigger_id"],
            name=body["command"],
            text=cleaned(as_typed(body.get("text") or "")),
            channel=body["channel_id"],
        )


@dataclass(frozen=True)
class Click(Request):
    """A button, or a choice that Slack sends at once. `action` is what it is called, and `value` its value: an
    unverified claim.

    `channel` is where the message stands, "" for a button elsewhere, and `message` its ts; `window` the id of the form
    in which it is, "" for one in a message or on the App Home page. `values`, `metadata` and `since` are the form's, as
    in a Submission.
    """

    value: str
    channel: str
    action: str = ""
    window: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    metadata: str = ""
    since: int = 0
    message: str = ""

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Click":
        """Read a block_actions payload."""
        view = body.get("view") or {}
        form = view if view.get("type") == "modal" else {}
        action = body["actions"][0]
        return cls(
            key=f"click {body['trigger_id']}",
            user=body["user"]["id"],
            home=body["user"].get("team_id") or NOT_CLAIMED,
            trigger_id=body["trigger_id"],
            value=_entered(action),
            action=action["action_id"],
            channel=(body.get("channel") or {}).get("id", ""),
            window=form.get("id", ""),
            values=_values(form),
            metadata=carried(form),
            since=_since(form),
            message=(body.get("container") or {}).get("message_ts", ""),
        )

    @property
    def claim(self) -> str:
        """The key of a record, and perhaps in which state it was seen. FromEarlierVersion."""
        return _of_this_version(self.value)

    @property
    def record_key(self) -> str:
        """The key of the record that the button names; "", which no record has, if it names none."""
        return key_claimed(self.claim.partition(" ")[0])

    @property
    def seen(self) -> str:
        """The state in which the record was seen, where the button says so after the key."""
        return self.value.partition(" ")[2]

    @property
    def record_of_form(self) -> str:
        """The key of the record that the form with the button is about; "", which no record has, for none."""
        return key_claimed(_of_this_version(self.metadata).partition(" ")[0])


@dataclass(frozen=True)
class Suggestion(Request):
    """What somebody has typed so far into a list whose options Slack asks for."""

    typed: str

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Suggestion":
        """Read a block_suggestion payload."""
        user = body["user"]
        return cls(
            key=f"suggestion {user['id']} {body['action_id']}",
            user=user["id"],
            home=user.get("team_id") or NOT_CLAIMED,
            trigger_id="",
            typed=str(body.get("value") or ""),
        )


@dataclass(frozen=True)
class Shortcut(Request):
    """A shortcut on a message: the message's author ("" for an app), text, time and place."""

    author: str
    text: str
    written_at: datetime
    place: MessageRef

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Shortcut":
        """Read a message_action payload."""
        message = body["message"]
        return cls(
            key=f"shortcut {body['trigger_id']}",
            user=body["user"]["id"],
            home=body["user"].get("team_id") or NOT_CLAIMED,
            trigger_id=body["trigger_id"],
            author=message.get("user") or "",
            text=cleaned(message.get("text") or ""),
            written_at=datetime.fromtimestamp(float(message["ts"]), UTC),
            place=MessageRef(body["channel"]["id"], message["ts"], message.get("thread_ts", "")),
        )


@dataclass(frozen=True)
class Event(Request):
    """A person's act, as reported by an event; `about` is the event itself."""

    about: dict[str, Any]

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Event":
        """Read an event_callback."""
        event = {**body["event"], "text": cleaned(body["event"].get("text") or "")}
        # Some events name the person's own team; for the others only the directory knows their home.
        home = event.get("user_team") or event.get("team") or NOT_CLAIMED
        return cls(key=f"event {body['event_id']}", user=event.get("user") or "", home=home, trigger_id="", about=event)


@dataclass(frozen=True)
class Notice:
    """A change in Slack that is nobody's act: a channel was shared, for example."""

    key: str
    about: dict[str, Any]
    received_at: datetime

    @classmethod
    def read(cls, body: dict[str, Any], received_at: datetime) -> "Notice":
        """Read an event_callback."""
        return cls(f"event {body['event_id']}", body["event"], received_at)

    @property
    def happened_at(self) -> datetime:
        """When it happened, by Slack's clock: a repeated delivery may come minutes later."""
        try:
            return datetime.fromtimestamp(float(self.about["event_ts"]), UTC)
        except (KeyError, TypeError, ValueError, OverflowError):
            return self.received_at


@dataclass(frozen=True)
class Submission(Request):
    """A sent form. `values` maps each block to its entry; `metadata` is an unverified claim.

    `view` is the form itself, and `since` the last audit entry when it was opened.
    """

    values: dict[str, str]
    metadata: str
    view: dict[str, Any]
    since: int

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Submission":
        """Read a view_submission payload."""
        view = body["view"]
        seen = carried(view).partition(" ")[2][:40]
        return cls(
            # The key has the sender: nobody else gets the first answer, whatever form their payload names. A form that
            # is shown again in the same window, for one more record, carries how many there were.
            key=f"form {body['user']['id']} {view['id']} {view['callback_id']} {seen}".rstrip(),
            user=body["user"]["id"],
            home=body["user"].get("team_id") or NOT_CLAIMED,
            trigger_id=body.get("trigger_id", ""),
            values=_values(view),
            metadata=carried(view),
            view=view,
            since=_since(view),
        )

    @property
    def claim(self) -> str:
        """The key of a record, and perhaps in which state it was seen. FromEarlierVersion."""
        return _of_this_version(self.metadata)

    @property
    def record_key(self) -> str:
        """The key of the record that the form says it is about; "", which no record has, if it names none."""
        return key_claimed(self.claim.partition(" ")[0])

    @property
    def seen(self) -> str:
        """The state in which the record was seen, where the form says so after the key."""
        return self.metadata.partition(" ")[2]


def _of_this_version(claim: str) -> str:
    if is_by_number(claim.partition(" ")[0]):
        raise FromEarlierVersion
    return claim


def carried(view: dict[str, Any]) -> str:
    """A form's own metadata, without the stamp of when it was opened."""
    return str(view.get("private_metadata", "")).partition(STAMP)[0]


def is_stamped(view: dict[str, Any]) -> bool:
    """Whether a form has the stamp of when it was opened."""
    return STAMP in view.get("private_metadata", "")


def stamped(view: dict[str, Any], last_entry: int) -> dict[str, Any]:
    """The form stamped with the last audit entry, which marks the state of the record that it shows."""
    return {**view, "private_metadata": f"{carried(view)}{STAMP}{last_entry}"}


def _since(view: dict[str, Any]) -> int:
    return number_claimed(view.get("private_metadata", "").partition(STAMP)[2])


def _values(view: dict[str, Any]) -> dict[str, str]:
    """The entries of a form, by block: each of our input blocks holds one element."""
    state = view.get("state", {}).get("values", {})
    return {block: _entered(next(iter(inputs.values()))) for block, inputs in state.items() if inputs}


def _entered(element: dict[str, Any]) -> str:
    """The entry of an element as text, `cleaned`; several ticked boxes, people, or the ids of files,
    are joined by commas."""
    if "selected_options" in element:
        return ",".join(option["value"] for option in element["selected_options"] or [])
    if "files" in element:
        return ",".join(str(file["id"]) for file in element["files"] or [])
    if "selected_users" in element:
        return ",".join(element["selected_users"] or [])
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    given = (element.get(name) for name in ("value", "selected_date", "selected_time", "selected_user"))
    return cleaned(str(next(filter(None, given), "")))
