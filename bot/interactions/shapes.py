"""The shapes of what Slack sends, as far as Liaison reads it: whatever else is signed is answered with 400.

Sources: docs.slack.dev, Implementing slash commands; Interaction payloads; Events API. What Bolt itself looks at is
here as well: it takes these shapes for granted.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,40}$")]  # of a person, team, channel or file
_Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # PostgreSQL keeps no NUL, and Slack sends none
_Word = Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Named(_Shape):
    id: _Id


class _Person(_Named):
    team_id: _Id | None = None


class _Option(_Shape):
    value: _Text


class _Entered(_Shape):
    """What somebody entered in an element; which of these it has depends on its kind."""

    selected_options: list[_Option] | None = None
    selected_option: _Option | None = None
    selected_users: list[_Id] | None = None
    value: _Text | None = None
    files: list[_Named] | None = None


class _Action(_Entered):
    action_id: _Word


class _State(_Shape):
    values: dict[_Text, dict[str, _Entered]] = {}


class _View(_Shape):
    id: _Word
    type: _Word
    callback_id: str = ""
    private_metadata: _Text = ""
    state: _State = _State()


class _Form(_View):
    callback_id: _Word


class _Container(_Shape):
    message_ts: str = ""


_Instant = Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,9})?$")]


class _Message(_Shape):
    ts: _Instant
    user: _Id | None = None
    text: str | None = None
    thread_ts: str = ""


class _Sent(_Shape):
    """What every request may name besides."""

    team: _Named | None = None
    enterprise: _Named | None = None
    response_urls: list[dict[str, Any]] = []


class _Command(_Shape):
    command: _Word
    trigger_id: _Word
    user_id: _Id
    channel_id: _Id
    response_url: str
    text: str = ""
    team_id: _Id | None = None
    enterprise_id: _Id | None = None


class _Interaction(_Sent):
    user: _Person


class _Clicks(_Interaction):
    type: Literal["block_actions"]
    trigger_id: _Word
    actions: Annotated[list[_Action], Field(min_length=1)]
    channel: _Named | None = None
    container: _Container = _Container()
    view: _View | None = None
    response_url: str = ""

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        """Only a button in a form or on the App Home page has no address for the answer."""
        if self.view is None and not self.response_url:
            raise ValueError("no response_url")
        return self


class _Submission(_Interaction):
    type: Literal["view_submission"]
    trigger_id: str = ""
    view: _Form


class _Suggestion(_Interaction):
    type: Literal["block_suggestion"]
    action_id: _Word


class _Shortcut(_Interaction):
    type: Literal["message_action"]
    trigger_id: _Word
    callback_id: _Word
    message: _Message
    channel: _Named


class _OfChannel(_Shape):
    channel: _Id


class _File(_OfChannel):
    user: _Id | None = None
    files: Annotated[list[_Named], Field(min_length=1)]


class _Written(_OfChannel):
    user: _Id | None = None
    text: str | None = None
    thread_ts: str = ""
    ts: str = ""
    team: _Id | None = None
    user_team: _Id | None = None


class _Deleted(_OfChannel):
    deleted_ts: _Word


class _Opened(_Shape):
    user: _Id


class _Connected(_OfChannel):
    connected_team_id: _Id


class _Disconnected(_OfChannel):
    previously_connected_team_id: _Id


class _Renumbered(_Shape):
    old_channel_id: _Id
    new_channel_id: _Id


class _Member(_OfChannel):
    user: _Id


class _User(_Named):
    """What is read of a user besides may be missing or anything else, but for these."""

    profile: dict[str, Any] | None = None
    enterprise_user: dict[str, Any] | None = None


class _Account(_Shape):
    user: _User


_EVENTS: dict[str, type[_Shape]] = {
    "app_home_opened": _Opened,
    "app_mention": _Written,
    "channel_shared": _Connected,
    "channel_unshared": _Disconnected,
    "channel_id_changed": _Renumbered,
    "member_joined_channel": _Member,
    "member_left_channel": _Member,
    "team_join": _Account,
    "user_change": _Account,
    **{
        f"{kind}_{what}": _OfChannel
        for kind in ("channel", "group")
        for what in ("archive", "deleted", "left", "unarchive")
    },
}
_MESSAGES: dict[str, type[_Shape]] = {"message_deleted": _Deleted, "file_share": _File}


class _Event(_Shape):
    type: _Word
    subtype: str | None = None


class _Callback(_Sent):
    type: Literal["event_callback"]
    event_id: _Word
    event: _Event
    authorizations: list[dict[str, Any]] = []


class _Challenge(_Shape):
    type: Literal["url_verification"]
    challenge: str


class _Limited(_Shape):
    type: Literal["app_rate_limited"]


_BY_TYPE = TypeAdapter[_Shape](
    Annotated[
        _Clicks | _Submission | _Suggestion | _Shortcut | _Callback | _Challenge | _Limited, Field(discriminator="type")
    ]
)


def is_well_formed(body: dict[str, Any]) -> bool:
    """Whether a request has one of these shapes. Of a kind of event that nobody listens to, only that it is one."""
    try:
        if "command" in body:
            _Command.model_validate(body)
            return True
        _BY_TYPE.validate_python(body)
        if body["type"] == "event_callback":
            event = body["event"]
            shape = (
                _MESSAGES.get(event.get("subtype"), _Written)
                if event["type"] == "message"
                else _EVENTS.get(event["type"])
            )
            if shape is not None:
                shape.model_validate(event)
    except ValidationError:
        return False
    return True
