"""Columns that stand in several sheets."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from bot.domain.deadlines import Deadline
from bot.domain.periods import Month
from bot.services.portfolio.sheets import cells
from bot.services.portfolio.sheets.cells import Refers

_MEMBER = "In Slack, open the person's profile, select the 3 dots, then Copy member ID."
_CHANNEL = "In Slack, open the channel's details: the id is at the end."
_WORKSPACE = "In Slack, on the web, the id follows app.slack.com/client/ in the address."

_person = cells.slack_id("UW", "member", _MEMBER)
_organisation = cells.code(r"[a-z0-9-]{1,40}", "harbour-lane", str.lower)
_contract = cells.code(r"[A-Z0-9][A-Z0-9-]{0,19}", "WP-NE", str.upper)

Name = Annotated[str, cells.text(150)]
Title = Annotated[str, cells.text(200)]
Story = Annotated[str, cells.text(3000)]

PersonId = Annotated[str, _person]
Person = Annotated[str, _person, Refers("people")]
OrganisationKey = Annotated[str, _organisation]
Organisation = Annotated[str, _organisation, Refers("organisations")]
Reference = Annotated[str, _contract]
Contract = Annotated[str, _contract, Refers("contracts")]
KpiCode = Annotated[str, cells.code(r"[a-z0-9-]{1,40}", "first-meeting", str.lower)]
ChannelId = Annotated[str, cells.slack_id("CG", "channel", _CHANNEL)]
TeamIds = Annotated[tuple[str, ...], cells.slack_ids("TE", "workspace", _WORKSPACE)]

Day = Annotated[date, cells.day]
Due = Annotated[Deadline, cells.deadline]
Period = Annotated[Month, cells.month]
Flag = Annotated[bool, cells.flag]
Figure = Annotated[Decimal, cells.figure]
Pounds = Annotated[int, cells.whole(0, 1_000_000_000_000, pounds=True)]
