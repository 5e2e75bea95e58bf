"""The types of fields that several kinds of record share."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated

from bot.domain.deadlines import Deadline
from bot.domain.periods import Month
from bot.records import readers
from bot.records.record import Refers

_MEMBER = "In Slack, open the person's profile, select the 3 dots, then Copy member ID."
_CHANNEL = "In Slack, open the channel's details: the id is at the end."
_WORKSPACE = "In Slack, on the web, the id follows app.slack.com/client/ in the address."

_person = readers.slack_id("UW", "member", _MEMBER)
_organisation = readers.code("[a-z0-9-]+", "harbour-lane", str.lower, 40)
_contract = readers.code("[A-Z0-9][A-Z0-9-]*", "WP-NE", str.upper, 20)

Name = Annotated[str, readers.name(150)]
LongName = Annotated[str, readers.name(200)]
Title = Annotated[str, readers.text(200)]
Story = Annotated[str, readers.text(3000)]

PersonId = Annotated[str, _person]
Person = Annotated[str, _person, Refers("people")]
People = Annotated[tuple[str, ...], readers.slack_ids("UW", "member", _MEMBER), Refers("people")]
OrganisationKey = Annotated[str, _organisation]
Organisation = Annotated[str, _organisation, Refers("organisations")]
Reference = Annotated[str, _contract]
Contract = Annotated[str, _contract, Refers("contracts")]
KpiCode = Annotated[str, readers.code("[a-z0-9-]+", "first-meeting", str.lower, 40)]
ChannelId = Annotated[str, readers.slack_id("CG", "channel", _CHANNEL)]
TeamIds = Annotated[tuple[str, ...], readers.slack_ids("TE", "workspace", _WORKSPACE)]

Day = Annotated[date, readers.day]
Clock = Annotated[time, readers.clock]
Due = Annotated[Deadline, readers.deadline]
Recurs = Annotated[str, readers.recurrence()]
Period = Annotated[Month, readers.month]
Flag = Annotated[bool, readers.flag]
Figure = Annotated[Decimal, readers.figure]
Percent = Annotated[Decimal, readers.percentage]
Pounds = Annotated[int, readers.pounds]
Money = Annotated[Decimal, readers.money()]
SignedMoney = Annotated[Decimal, readers.money(below_zero=True)]
