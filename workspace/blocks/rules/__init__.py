"""Block Kit as Slack documents it: which fields, how long, where.

https://docs.slack.dev/reference/block-kit. Read each module as a table; `checks` says what each word means. Where two
pages of the documentation disagree, or a page and what is known of Slack, the stricter holds and is noted beside it.
"""

from workspace.blocks.rules.elements import ELEMENTS, TYPED
from workspace.blocks.rules.layout import BLOCKS
from workspace.blocks.rules.objects import NOT_SUPPORTED, options_of
from workspace.blocks.rules.views import VIEWS

__all__ = ["BLOCKS", "ELEMENTS", "NOT_SUPPORTED", "TYPED", "VIEWS", "options_of"]
