"""`liaison doctor`: whether everything is in place for Liaison to work in a Slack workspace, and what to do if not."""

import asyncio
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from bot.app import Liaison, build
from bot.config import Settings
from bot.delivery.slack_answers import SlackFailure, Unsettled
from bot.delivery.slack_facts import Installation
from bot.migrations import Standing
from bot.models import Channel
from bot.probes import problem_of

MANIFEST = Path(__file__).parent.parent / "manifest.json"
SECRET = re.compile("[0-9a-f]{32}")
PATH = "/slack/events"
TIMEOUT = 5  # seconds


@dataclass(frozen=True)
class Diagnosis:
    """What was found of one thing: `advice` is what to do, "" where it is well."""

    about: str
    said: str
    advice: str = ""


def examine(url: str | None) -> None:
    """Print a line for each thing that is looked at. Ends with status 1 if something is to be done."""
    settings = Settings.read()
    liaison = build(settings)
    try:
        findings = asyncio.run(_findings(liaison, url or f"http://127.0.0.1:{settings.port}{PATH}"))
    finally:
        liaison.close()
    for finding in findings:
        typer.echo(f"{'TO DO' if finding.advice else 'ok':7}{finding.about}: {finding.said}")
        if finding.advice:
            typer.echo(f"       {finding.advice}")
    if any(finding.advice for finding in findings):
        raise typer.Exit(1)


async def _findings(liaison: Liaison, url: str) -> Sequence[Diagnosis]:
    slack, settings = liaison.jobs.slack, liaison.settings
    database = _database(liaison)
    found = [database, _secret(settings), await _address(liaison, url)]
    try:
        installed = await slack.installation()
    except SlackFailure as failure:
        return [*found, _token_refused(failure)]
    where = f"{installed.team} ({installed.address}), as @{installed.user}"
    found += [Diagnosis("token", f"it is for {where}"), _scopes(installed), await _socket(liaison)]
    if not database.advice:
        found += [each async for each in _channels(liaison)]
    return found


def _token_refused(failure: SlackFailure) -> Diagnosis:
    if isinstance(failure, Unsettled):
        advice = "Copy the bot token (xoxb-...) from OAuth & Permissions of the app's settings into SLACK_BOT_TOKEN."
        return Diagnosis("token", f"Slack does not take it ({failure})", advice)
    advice = "Check SLACK_API_URL and the way to it, and try again."
    return Diagnosis("token", f"Slack did not answer ({failure})", advice)


def _scopes(installed: Installation) -> Diagnosis:
    asked = json.loads(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
    missing = [scope for scope in asked if scope not in installed.scopes]
    if missing:
        advice = "Add them under OAuth & Permissions, or paste manifest.json anew, and install the app again."
        return Diagnosis("scopes", f"{', '.join(missing)} missing", advice)
    return Diagnosis("scopes", f"all {len(asked)} are there")


def _secret(settings: Settings) -> Diagnosis:
    if SECRET.fullmatch(settings.slack_signing_secret.get_secret_value()):
        return Diagnosis("signing secret", "it has the form of one")
    advice = "Copy the signing secret from Basic Information of the app's settings into SLACK_SIGNING_SECRET."
    return Diagnosis("signing secret", "it is not 32 characters from 0 to 9 and a to f", advice)


async def _address(liaison: Liaison, url: str) -> Diagnosis:
    """Whether the challenge that Slack sends to verify the request URL comes back, signed with our secret.

    docs.slack.dev/reference/events/url_verification
    """
    challenge = secrets.token_hex(8)
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    at = str(int(liaison.clock.now().timestamp()))
    key = liaison.settings.slack_signing_secret.get_secret_value().encode()
    signature = "v0=" + hmac.new(key, f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        advice = "Start liaison serve, and see that this address leads to it."
        return Diagnosis("request URL", f"nothing answers at {url} ({type(error).__name__})", advice)
    if answer.status_code == 401:
        advice = "Start liaison serve again with the SLACK_SIGNING_SECRET of Basic Information."
        return Diagnosis("request URL", f"{url} has another signing secret", advice)
    if answer.status_code != 200 or challenge not in answer.text:
        advice = f"See that the address leads to liaison serve, with {PATH} at its end."
        return Diagnosis("request URL", f"{url} does not answer as Liaison does (HTTP {answer.status_code})", advice)
    return Diagnosis("request URL", f"{url} answers. Slack must have verified it, under Event Subscriptions")


async def _socket(liaison: Liaison) -> Diagnosis:
    token = liaison.settings.slack_app_token
    if token is None:
        return Diagnosis("Socket Mode", "not used: SLACK_APP_TOKEN is not set, so Slack needs the request URL")
    try:
        await liaison.jobs.slack.open_socket(token.get_secret_value())
    except SlackFailure as failure:
        advice = "Switch Socket Mode on, and put an app-level token with connections:write in SLACK_APP_TOKEN."
        return Diagnosis("Socket Mode", f"Slack does not open a connection ({failure})", advice)
    return Diagnosis("Socket Mode", "Slack opens connections")


def _database(liaison: Liaison) -> Diagnosis:
    try:
        problem = problem_of(liaison.database, Standing())
    except SQLAlchemyError as error:
        advice = "Check DATABASE_URL, and that the database runs."
        return Diagnosis("database", f"it could not be used ({type(error).__name__})", advice)
    if problem:
        return Diagnosis("database", f"it is not ready ({problem})", "Run liaison migrate.")
    return Diagnosis("database", "it is up to date")


async def _channels(liaison: Liaison) -> AsyncIterator[Diagnosis]:
    with liaison.database.reading() as session:
        bound = session.scalars(select(col(Channel.slack)).order_by(col(Channel.id))).all()
    if not bound:
        advice = "Type /contract channel and a contract's reference in its channel, or import a file with channels."
        yield Diagnosis("channels", "none is bound to a contract", advice)
        return
    well = 0
    for channel in bound:
        try:
            facts = await liaison.jobs.slack.channel(channel)
        except SlackFailure as failure:
            advice = "Type /invite @Liaison in it, or bind another channel: /contract channel and a reference."
            yield Diagnosis("channels", f"{channel} is not seen ({failure})", advice)
            continue
        if facts.is_archived:
            yield Diagnosis("channels", f"#{facts.name} is archived", "Bring it back, or bind another channel.")
        elif not facts.is_member:
            yield Diagnosis("channels", f"Liaison is not in #{facts.name}", "Type /invite @Liaison in it.")
        else:
            well += 1
    if well:
        yield Diagnosis("channels", f"Liaison is in {well} of {len(bound)}")
