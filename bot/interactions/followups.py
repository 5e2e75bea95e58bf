"""Work that waits for Slack, and so runs after the acknowledgement: opening forms, posting answers, App Home.

Each is a task of its own. Bolt's lazy listeners do the same, but they copy the whole request even if there is nothing
to do.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncRespond

from bot.delivery.charts import Charts, without_pictures
from bot.delivery.fallbacks import send_in_some_form
from bot.delivery.message_parts import blocks_in_parts
from bot.delivery.messages import Blocks, Message, Messages, View
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Refused, SlackFailure
from bot.interactions import response_url
from bot.interactions.error_responses import fault_of_ours, sentence
from bot.interactions.payloads import Click, Event, Request
from bot.interactions.response import Response
from bot.log_context import current_reference


def as_modal(messages: Messages, blocks: Blocks) -> View:
    """A modal with the blocks of a message; a table, which a modal cannot hold, becomes one line of text for each
    row."""
    told = [
        each for block in blocks for each in (_table_lines(messages, block) if block["type"] == "table" else [block])
    ]
    return {**messages.view("common/modal"), "blocks": told}


def _table_lines(messages: Messages, table: dict[str, Any]) -> Blocks:
    head, *rows = [[cell.get("text", "") for cell in row] for row in table["rows"]]
    lines: list[tuple[str, str]] = [
        (first, ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], rest, strict=True) if cell.strip()))
        for first, *rest in rows
    ]
    return messages.message("common/table_in_modal", lines=lines).blocks


log = logging.getLogger(__name__)
LONGEST_SECTION = 3000  # docs.slack.dev/reference/block-kit/blocks/section-block
MOST_ANSWERS = 5  # docs.slack.dev/interactivity/handling-user-interaction#message_responses: uses of a response_url


@dataclass(frozen=True)
class Followups:
    """The running tasks."""

    slack: Slack
    charts: Charts
    messages: Messages
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def do(self, request: Request, response: Response, respond: AsyncRespond) -> None:
        """Start the work that a response asks for."""
        if response.home is not None:
            self.start(self._publish(request.user, response.home))
        if response.form is not None or response.say is not None:
            self.start(self._open_or_say(request, response, respond))

    async def drain(self) -> None:
        """Wait for the running tasks, and for those that they start."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine as a task."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the event loop itself holds only a weak reference
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, user: str, home: View) -> None:
        try:
            await self.slack.publish_home(user, home)
        except SlackFailure as failure:
            log.warning("the home page of %s was not published: %s", user, failure)

    async def _open_or_say(self, request: Request, response: Response, respond: AsyncRespond) -> None:
        say = response.say
        if response.form is not None:
            try:
                await self._open(request, response.form, in_place=response.in_place)
            except SlackFailure as failure:
                say = self._form_failed(response.form, failure).as_answer()
        if say is not None:
            try:
                await self._say(request, response, say, respond)
            except SlackFailure as failure:
                log.error("an answer made of %s did not arrive: %s", response.template or "a sentence", failure)

    async def _say(self, request: Request, response: Response, say: dict[str, Any], respond: AsyncRespond) -> None:
        """Show a message: in a modal after a click outside any channel, else in as many parts as Slack takes. Raises
        `SlackFailure`."""
        text, blocks = say["text"], await self._with_pictures(say["blocks"], response)
        in_some_form = partial(send_in_some_form, template=response.template)
        if isinstance(request, Click) and not request.channel:
            await in_some_form(partial(self._show, request, text), blocks, forget=self.charts.forget_gone)
            return
        first, *rest = blocks_in_parts(blocks)
        for number, (words, part) in enumerate([(text, first[1]), *rest]):
            if isinstance(request, Event):
                send = partial(self._post_ephemeral, request, words)
            elif number < MOST_ANSWERS - 1 or number == len(rest):
                replaces = response.in_place and number == 0
                send = partial(response_url.send, respond, {**say, "text": words}, replace_original=replaces)
            else:
                cut_off = self.messages.message("common/cut_off").as_answer()
                await response_url.send(respond, cut_off, cut_off["blocks"], replace_original=False)
                return
            await in_some_form(send, part, forget=self.charts.forget_gone)

    async def _open(self, request: Request, form: View, *, in_place: bool) -> None:
        if isinstance(request, Click) and request.window and in_place:
            await self.slack.update_view(request.window, form)
        elif isinstance(request, Click) and request.window:
            await self.slack.push_view(request.trigger_id, form)
        else:
            await self.slack.open_view(request.trigger_id, form)

    async def _post_ephemeral(self, event: Event, text: str, blocks: Blocks) -> None:
        """Answer a message in a channel: in the same place, visible only to its author."""
        about = event.about
        await self.slack.post_ephemeral(about["channel"], event.user, text, blocks, about.get("thread_ts"))

    async def _show(self, click: Click, text: str, blocks: Blocks) -> None:
        """Answer a button outside any channel: in a new modal, or in the modal with the button."""
        shown = as_modal(
            self.messages, blocks or self.messages.message("common/words", text=text[:LONGEST_SECTION]).blocks
        )
        if click.window:
            await self.slack.update_view(click.window, shown)
        else:
            await self.slack.open_view(click.trigger_id, shown)

    async def _with_pictures(self, blocks: Blocks, response: Response) -> Blocks:
        try:
            return await self.charts.with_pictures(blocks, response.charts)
        except SlackFailure as failure:  # the words alone now are better than waiting
            log.warning("an answer goes without its charts: %s", failure)
            return without_pictures(blocks)

    def _form_failed(self, form: View, failure: SlackFailure) -> Message:
        if isinstance(failure, Refused) and failure.is_late_trigger:
            return self.messages.message("forms/opened_late")
        log.error("fault: the form %s did not open: %s", form.get("callback_id"), failure)
        return sentence(self.messages, fault_of_ours(current_reference()))
