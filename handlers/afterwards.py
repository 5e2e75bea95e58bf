"""What must wait on Slack, and so is done after the acknowledgement: opening a form, a word, a person's home page.

Each by a task of its own: what Bolt's lazy listeners do, without the copy of the whole request that they make even
where there is nothing to do.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.charts import Charts, without_pictures
from bot.messages import Blocks, Message, Messages, View
from bot.slack import Refused, Slack, SlackFailure
from handlers.arrivals import Arrival, Click, Event
from handlers.explaining import Fault, sentence
from handlers.outcome import Outcome
from handlers.windows import window

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Afterwards:
    """The tasks that are under way."""

    slack: Slack
    charts: Charts
    messages: Messages
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def do(self, arrival: Arrival, outcome: Outcome, respond: AsyncRespond) -> None:
        """Begin what an outcome asks for."""
        if outcome.home is not None:
            self.begin(self._publish(arrival.user, outcome.home))
        if outcome.form is not None or outcome.say is not None:
            self.begin(self._open_or_say(arrival, outcome, respond))

    async def drain(self) -> None:
        """Wait for what is still being done, and for what that begins."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in a task of its own."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself holds only a weak reference
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, user: str, home: View) -> None:
        try:
            await self.slack.publish_home(user, home)
        except SlackFailure as failure:
            log.warning("the home page of %s was not published: %s", user, failure)

    async def _open_or_say(self, arrival: Arrival, outcome: Outcome, respond: AsyncRespond) -> None:
        say = outcome.say
        if outcome.form is not None:
            try:
                await self._open(arrival, outcome.form, in_place=outcome.in_place)
            except SlackFailure as failure:
                say = self._form_failed(failure).as_answer()
        if say is not None:
            say = {**say, "blocks": await self._with_pictures(say["blocks"], outcome)}
            try:
                if isinstance(arrival, Click) and not arrival.channel:
                    await self._show(arrival, say["blocks"])
                elif isinstance(arrival, Event):
                    await self._whisper(arrival, say)
                else:
                    await respond(**say, replace_original=outcome.in_place)
            except (SlackFailure, SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as failure:
                log.warning("a word after a click did not arrive: %s", failure)

    async def _open(self, arrival: Arrival, form: View, *, in_place: bool) -> None:
        if isinstance(arrival, Click) and arrival.window and in_place:
            await self.slack.update_view(arrival.window, form)
        elif isinstance(arrival, Click) and arrival.window:
            await self.slack.push_view(arrival.trigger_id, form)
        else:
            await self.slack.open_view(arrival.trigger_id, form)

    async def _whisper(self, event: Event, say: dict[str, Any]) -> None:
        """A word after something that was written in a channel: where it was written, for who wrote it alone."""
        about = event.about
        await self.slack.whisper(about["channel"], event.user, say["text"], say["blocks"], about.get("thread_ts"))

    async def _show(self, click: Click, blocks: Blocks) -> None:
        """A word after a button that stands in no channel: in a window of its own, or in the one with the button."""
        shown = window(self.messages, blocks)
        if click.window:
            await self.slack.update_view(click.window, shown)
        else:
            await self.slack.open_view(click.trigger_id, shown)

    async def _with_pictures(self, blocks: Blocks, outcome: Outcome) -> Blocks:
        try:
            return await self.charts.shown(blocks, outcome.charts)
        except SlackFailure as failure:  # who asked would rather have the words now
            log.warning("an answer goes without its charts: %s", failure)
            return without_pictures(blocks)

    def _form_failed(self, failure: SlackFailure) -> Message:
        if isinstance(failure, Refused) and failure.is_late_trigger:
            return self.messages.message("form_late")
        fault = Fault()
        log.error("fault %s: a form did not open: %s", fault.reference, failure)
        return sentence(self.messages, fault)
