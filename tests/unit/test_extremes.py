"""Every message and view is one that Slack takes at the extremes: 0, 1 and 40 KPIs, names and titles of 150 characters,
words from right to left, every character that means something in Slack's markup, 300 people.

Each render but the largest is made again with extreme words in the place of its names and titles; the largest hold the
longest of everything already.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.delivery.messages import Message, View
from bot.interactions.commands import CommandTable
from bot.models import ContactChannel, MadeBy, ReportDecision
from bot.services.contacts.attendees import AttendeeGroup
from bot.services.contacts.contact_forms import ContactForm
from bot.services.contacts.contact_log import ContactPage
from bot.services.contacts.contacts import LoggedContact
from bot.services.pages.home import HomeContent, TopItems
from bot.services.progress.earlier_report import ReportedBefore
from bot.services.progress.report_submission import values_of
from tests.builders import MESSAGES, contact, due, facts, kpis, person, received
from tests.unit.renders import JOURNEYS, RENDERS, Render, renders_of
from tests.unit.renders.common import DAYS, kpi_line, usual_card
from tests.unit.renders.contacts import OWN, entry
from tests.unit.renders.home import listed as listed_at_home
from tests.unit.renders.progress import decided, report_card, together
from tests.unit.renders.summary import detail_of, full_summary, of_contract, reported
from tests.unit.transcripts import name_of
from workspace.blocks import check_blocks, check_view, json_size
from workspace.state.views import MOST_BYTES

LENGTH = 150
EXTREMES = {
    "150 characters": "Wörter " + "W" * (LENGTH - 7),
    "right to left": ("\u200f شراكة الشمال, שותפות הצפון " * LENGTH)[: LENGTH - 1] + ".",
    "every special": ('*_~`<>&|@#!<!here> <@U0NOBODY> <https://example.org|x> "\\ ' * LENGTH)[: LENGTH - 1] + ">",
}
# Under which names a context has the name of a person, a partner or a contract, or another title.
NAMES = {
    *("title", "name", "partner", "organisation", "author", "reporter", "owner", "manager", "decided_by", "by"),
    *("what", "subject", "added_by", "last_contact_by", "contract_title", "partner_name", "people", "names"),
}
LEADS = re.compile(r"<(?:@[A-Z0-9]+|#[A-Z0-9]+|https?://[^<>|]+\|[^<>]+)>")  # what may stand in angle brackets


def sized(renders: list[Render]) -> list[Render]:
    """Those that hold something, and not yet the longest of everything."""
    return [render for render in renders if render.size != "largest" and render.context]


def extreme(value: Any, words: str, name: str = "", names: Collection[str] = NAMES) -> Any:  # noqa: ANN401  # whatever a context holds
    """The same value with extreme words under every one of these names."""
    if isinstance(value, str):
        return words if type(value) is str and name in names and value else value
    if isinstance(value, CommandTable):
        return value  # its words are our own
    if isinstance(value, SQLModel):
        return type(value)(**{each: extreme(kept, words, each, names) for each, kept in value.model_dump().items()})
    if is_dataclass(value) and not isinstance(value, type):
        kept = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return replace(value, **{each: extreme(inner, words, each, names) for each, inner in kept.items()})
    if isinstance(value, list | tuple):
        made = [extreme(each, words, name, names) for each in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    if isinstance(value, dict):
        return {key: extreme(inner, words, str(key), names) for key, inner in value.items()}
    return value


def problems(made: Message | View) -> list[Any]:
    """What Slack would not take."""
    if isinstance(made, Message):
        assert 3 <= len(made.text) <= 4000
        return list(check_blocks(made.blocks, "message"))
    assert json_size(made) <= MOST_BYTES
    return list(check_view(made, ("home", "modal")))


def markup(value: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Every text of some blocks in which Slack looks for its markup."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") in ("mrkdwn", "plain_text") else []
        return own + [text for each in value.values() for text in markup(each)]
    return [text for each in value for text in markup(each)] if isinstance(value, list) else []


def parts_of(made: Message | View) -> Any:  # noqa: ANN401  # JSON
    return made.blocks if isinstance(made, Message) else made


@pytest.mark.parametrize("words", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)
def test_extreme_names_and_titles_stand_in_every_message_and_view(journey: ModuleType, words: str) -> None:
    for render in sized(renders_of(journey)):
        made = render.make(render.template, **extreme(render.context, words))
        assert problems(made) == [], render.name
        texts = markup(parts_of(made)) + ([made.text] if isinstance(made, Message) else [])
        leading = [text for text in texts if re.search("[<>]", LEADS.sub("", text))]
        assert leading == [], f"what was typed leads nowhere: {render.name}"
        mentioning = any("U0NOBODY" in lead for text in texts for lead in LEADS.findall(text))
        assert not mentioning, f"nor mentions anybody: {render.name}"


def test_most_of_them_show_a_name_or_a_title() -> None:
    """So that what stands above is held, and not only said."""
    hebrew, some = "שותפות", sized(RENDERS)[::4]
    made = [each.make(each.template, **extreme(each.context, EXTREMES["right to left"])) for each in some]
    assert sum(hebrew in str(each) for each in made) > len(some) / 2


def report_form(count: int, words: str) -> View:
    asked = due(kpis(count, name=words))
    made = MESSAGES.view("progress/form", due=asked, values=values_of(asked), before=ReportedBefore())
    assert sum(block["block_id"].startswith("kpi_") for block in made["blocks"] if block["type"] == "input") == count
    return made


def whole_report(template: str, count: int, words: str) -> Message:
    came = received(kpis(count, name=words), narrative="Two left.")
    if template == "progress/queried":
        came = decided(came, ReportDecision.QUERIED, "Why?", words)
    return MESSAGES.message(template, received=came)


def report_page(count: int, words: str) -> Message:
    asked, came = kpis(count, name=words), received(kpis(count, name=words))
    return MESSAGES.message("progress/report", card=report_card(came, due(asked), over=together(*asked)))


def contract_page(count: int, words: str) -> Message:
    lines = [kpi_line(number, "98.2", "99.4", "97.8333", name=words) for number in range(count)]
    made = MESSAGES.message("contracts/page", card=replace(usual_card(), kpis=lines))
    told = "\n".join(markup(made.blocks))
    assert told.count("98.2% against") + (8 if count == 40 else 0) == count
    assert ("And 8 more" in told) is (count == 40)
    return made


def home(count: int, words: str) -> View:
    shown = [listed_at_home(facts_of(words))] * count
    return MESSAGES.view(
        "home/home",
        page=HomeContent(TopItems([]), None, TopItems(shown[:10], max(count - 10, 0)), count, TopItems([])),
    )


def facts_of(words: str) -> Any:  # noqa: ANN401  # a contract's row
    return extreme(usual_card().contract, words)


def weekly(count: int, words: str) -> Message:
    return MESSAGES.message(
        "digest/weekly", summary=full_summary(count, words, f"{words}: 98% against 99%", words), missed=None
    )


def detail(count: int, words: str) -> Message:
    told = [extreme(reported(number), words) for number in range(count)]
    line = full_summary(1, words, words, words).lines[0]
    summary = full_summary(1, words, words, words)
    return MESSAGES.message(
        "digest/detail", detail=detail_of(summary, of_contract(line, told, words), rows=1, words="Good")
    )


WITH_KPIS: dict[str, Callable[[int, str], Message | View]] = {
    "progress/form": report_form,
    **{each: partial(whole_report, each) for each in ("progress/received", "progress/notice", "progress/queried")},
    "progress/report": report_page,
    "contract_card": contract_page,
    "home": home,
    "weekly_summary": weekly,
    "digest_detail": detail,
}


@pytest.mark.parametrize("words", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("count", [0, 1, 40])
@pytest.mark.parametrize("template", WITH_KPIS)
def test_no_one_and_forty_kpis_stand_wherever_kpis_are_shown(template: str, count: int, words: str) -> None:
    assert problems(WITH_KPIS[template](count, words)) == []


@pytest.mark.parametrize("words", EXTREMES.values(), ids=EXTREMES.keys())
def test_three_hundred_people_stand_in_the_form_and_on_the_page_of_a_contact(words: str) -> None:
    people = [person(words, f"U{number}", number) for number in range(1, 301)]
    sides = [AttendeeGroup(words, people[:150]), AttendeeGroup(words, people[150:])]
    form = ContactForm(OWN, entry(people=range(1, 101)), sides)
    ways = {"channels": list(ContactChannel), "made_by": list(MadeBy)}
    assert problems(MESSAGES.view("contacts/form", form=form, **DAYS, **ways)) == []
    page = ContactPage(contact(), facts(), words, None, None, [words] * 300)
    made = MESSAGES.message("contacts/page", page=page)
    assert problems(made) == []
    assert "and 288 more" in made.blocks[0]["text"]["text"]
    logged = LoggedContact(contact(), "WP-NE", words, words, people=[words] * 300)
    assert problems(MESSAGES.message("contacts/logged", logged=logged)) == []
    assert problems(MESSAGES.view("contacts/done", logged=logged, corrects="")) == []
