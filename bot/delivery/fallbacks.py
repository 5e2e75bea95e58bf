"""What is sent in place of a message whose blocks Slack does not take: it without its pictures, then its text alone."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.delivery.charts import without_pictures
from bot.delivery.messages import Blocks
from bot.delivery.slack_answers import BlocksRefused

T = TypeVar("T")
log = logging.getLogger(__name__)


async def send_in_some_form(
    send: Callable[[Blocks], Awaitable[T]],
    blocks: Blocks,
    *,
    template: str,
    forget: Callable[[Blocks], Awaitable[None]],
) -> T:
    """What `send` answers to the blocks, or else to them without pictures, or else to no blocks, which leaves the text.

    `template` made the blocks: the log has its name with the fault. `forget` is told of blocks whose pictures were
    refused. Raises what `send` raises.
    """
    words = without_pictures(blocks)
    forms = [blocks, *([words] if words and words != blocks else []), *([[]] if blocks else [])]
    for form in forms[:-1]:
        try:
            return await send(form)
        except BlocksRefused as refused:
            log.error("Slack did not take the blocks of %s: %s", template or "a message", refused)
            if form != words:
                await forget(form)
    return await send(forms[-1])
