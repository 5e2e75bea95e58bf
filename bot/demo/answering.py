"""People of the demonstration who do what Liaison asks of them, in the local workspace, within a day or two."""

import zlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlmodel import Session, col

from bot.app import Liaison
from bot.domain.london import london, london_instant
from bot.identity import is_department
from bot.models import Channel, Kpi, Organisation, Person, Reading

Json = dict[str, Any]

AFTERNOON = 14
ASKS = (
    "report_open",
    "report_accept",
    "reminder_open",
    "reminder_confirm",
    "more_time_agree",
    "escalation_acknowledge",
)
"""The buttons by which Liaison asks for something; whoever may not use one is told so, and the next person tries."""
SETTLES = (
    "escalation_chase",
    "escalation_plan",
    "risk_review",
    "action_done",
    "option_open",
    "owed_open",
    "memo_open",
    "policy_reviewed",
    "certificate_check",
    "plan_open",
    "finding_check",
)
"""The buttons that settle what is escalated, where they stand beside its acknowledgement."""

A_DAY_LATER = timedelta(hours=12).total_seconds()
MOST_FORMS = 3  # the answer to a reminder, and the form that does it, one after the other


def afternoons(begin: datetime, until: datetime) -> Iterator[datetime]:
    """The instants, in aware UTC, at which people sit down to answer: 2pm in London from Monday to Friday."""
    day = london(begin).date()
    while (at := london_instant(day, AFTERNOON)) < until:
        if day.weekday() in range(5) and at > begin:
            yield at
        day += timedelta(days=1)


async def colleagues(liaison: Liaison, workspace: httpx.AsyncClient) -> "Colleagues":
    """Everybody in the register, with their channels, and the figures that the partners reported last."""

    def register(session: Session) -> tuple[dict[str, bool], list[str], dict[str, str]]:
        people = select(col(Person.slack), is_department()).join(Organisation).order_by(col(Person.slack))
        bound = select(col(Channel.slack)).order_by(col(Channel.slack))
        last = select(col(Kpi.public_id), col(Reading.value)).join(Reading).order_by(col(Reading.report_id))
        figures = {f"kpi_{key}": f"{value:f}" for key, value in session.execute(last) if value is not None}
        return dict(session.execute(people).all()), list(session.scalars(bound)), figures

    people, channels, figures = await liaison.database.read(register)
    members = {channel: await liaison.jobs.slack.members(channel) for channel in channels}
    seen = {user: [channel for channel, users in members.items() if user in users] for user in people}
    partners = {user for user, is_ours in people.items() if not is_ours}
    return Colleagues(workspace, seen, partners, figures, liaison.router.followups.drain)


@dataclass
class Colleagues:
    """Everybody in the workspace, with what each of them has dealt with.

    Half of the people answer on the afternoon of the same day, the other half on the next working day. Reports are the
    partner's: `figures` says what it reports, by the field of the form.
    """

    workspace: httpx.AsyncClient
    channels: Mapping[str, Sequence[str]]  # by the id of the person who is in them
    partners: Collection[str]
    figures: Mapping[str, str]
    settled: Callable[[], Awaitable[None]]  # waits until what the bot does after its acknowledgements is done
    _dealt_with: set[tuple[str, ...]] = field(default_factory=set)

    async def answer(self, at: datetime) -> None:
        """Each person does what they were asked and have not done yet. Raises `httpx.HTTPError`."""
        for user, channels in self.channels.items():
            before = at.timestamp() - (0 if _answers_at_once(user) else A_DAY_LATER)
            for message in await self._messages(user, channels):
                if message["by_app"] and float(message["ts"]) < before:
                    await self._deal_with(user, message, london(at).date())

    async def _messages(self, user: str, channels: Sequence[str]) -> Sequence[Json]:
        direct = await self._look(user, "direct")
        shared = [await self._look(user, "messages", channel=channel) for channel in channels]
        return [message for seen in (direct, *shared) for message in seen["messages"]]

    async def _deal_with(self, user: str, message: Json, today: date) -> None:
        place = {"channel": message["channel"], "ts": message["ts"]}
        for block, element in _buttons(message["blocks"]):
            ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
            asked = (user, *place.values(), *ids.values())
            is_asked = self._is_asked(user, element["action_id"]) or _settles(block, element)
            if is_asked and asked not in self._dealt_with:
                self._dealt_with.add(asked)
                await self._act(user, "click", **place, **ids, value=None)
                await self._fill_in(user, today)

    def _is_asked(self, user: str, action: str) -> bool:
        return action in ASKS and (action != "report_open" or user in self.partners)

    async def _fill_in(self, user: str, today: date) -> None:
        """Fill in and send the form that opened, and the one that takes its place; then close what is left."""
        for _ in range(MOST_FORMS):
            await self.settled()
            form = (await self._look(user, "view"))["top"]
            if form is None:
                return
            if "submit" in form["view"] and form["view"]["submit"]:
                sent = await self._act(user, "submit", view_id=form["view"]["id"], values=self._values(form, today))
                if not sent.get("errors") and sent.get("view"):
                    continue
            await self._act(user, "close", view_id=form["view"]["id"], everything=True)

    def _values(self, form: Json, today: date) -> Json:
        """What stands in each field that has to be filled in and is empty; a report has all its figures."""
        values: Json = {}
        for block in form["view"]["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            if figure := self.figures.get(block["block_id"]):
                values[block["block_id"]] = {element["action_id"]: figure}
            elif not block.get("optional") and not any(form["values"].get(block["block_id"], {}).values()):
                values[block["block_id"]] = {element["action_id"]: _usual(element, today)}
        return values

    async def _look(self, user: str, what: str, **query: str) -> Json:
        return _body(await self.workspace.get(f"/people/{user}/{what}", params=query))

    async def _act(self, user: str, action: str, **data: object) -> Json:
        return _body(await self.workspace.post(f"/people/{user}/{action}", json=data))


def _answers_at_once(user: str) -> bool:
    return zlib.crc32(user.encode()) % 2 == 0


def _buttons(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
        yield from ((block, element) for element in elements if element.get("type") == "button")


def _settles(block: Json, element: Json) -> bool:
    asks = [each["action_id"] for each in block.get("elements", []) if "action_id" in each]
    return element["action_id"] in SETTLES and "escalation_acknowledge" in asks


def _usual(element: Json, today: date) -> str:
    """What somebody in no hurry says: the first choice, today, or a sentence."""
    if choices := element.get("options"):
        return str(choices[0]["value"])
    return today.isoformat() if element["type"] == "datepicker" else "As agreed with the partner today."


def _body(response: httpx.Response) -> Json:
    body: Json = response.json()
    if response.is_error:
        raise ValueError(body["error"])
    return body
