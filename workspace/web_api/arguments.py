"""The arguments of a call, out of whatever a client sent.

https://docs.slack.dev/apis/web-api#basics: GET query, form, multipart, plain text (read as a form) or JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from workspace.errors import SlackError
from workspace.wire.bodies import read_form
from workspace.wire.reading import read_json

Json = dict[str, Any]
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
JSON, TEXT = "application/json", "text/plain"
CHARSETS = ("utf-8", "utf8", "iso-8859-1")


@dataclass(frozen=True)
class Arguments:
    """The values by name, the token that was among them, and what Slack would warn of."""

    values: Json
    token: str
    warnings: list[str] = field(default_factory=list)


async def read_arguments(request: Request, *, takes_json: bool) -> Arguments:
    """Read a call's arguments; those in the body win over those in the query, and JSON only counts where taken.

    Raises SlackError: invalid_form_data, invalid_json, json_not_object, invalid_charset, invalid_post_type
    or missing_post_type.
    """
    values: Json = dict(request.query_params)
    values.pop("token", None)
    if request.method == "GET":
        return Arguments(values, "")
    body = await request.body()
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if not kind:
        if body:
            raise SlackError("missing_post_type")
        return Arguments(values, "")
    if kind not in (FORM, MULTIPART, JSON, TEXT):
        raise SlackError("invalid_post_type")
    warnings = _charset_warnings(kind, rest)
    if kind == JSON:
        given = read_json(body.decode(errors="replace"), "invalid_json") if body.strip() else {}
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        given.pop("token", None)
        return Arguments(values | (given if takes_json else {}), "", warnings)
    given = await _form(request, kind, body)
    token = given.pop("token", "")
    return Arguments(values | given, token, warnings)


def _charset_warnings(kind: str, parameters: str) -> list[str]:
    """A charset is wanted for JSON and text, and is of no use for forms. Raises SlackError invalid_charset."""
    pairs = (one.strip().partition("=") for one in parameters.lower().split(";"))
    given = [value.strip('"') for name, _, value in pairs if name == "charset"]
    if given and given[0] not in CHARSETS:
        raise SlackError("invalid_charset")
    if kind in (JSON, TEXT):
        return [] if given else ["missing_charset"]
    return ["superfluous_charset"] if given else []


async def _form(request: Request, kind: str, body: bytes) -> dict[str, str]:
    if kind == MULTIPART:
        return {name: part.decode(errors="replace") for name, part in (await read_form(request, body)).items()}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise SlackError("invalid_form_data") from error
