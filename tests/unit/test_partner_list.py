"""The list of what is open for a partner: however long it is, the pinned message stays one message that Slack takes."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.message_parts import is_long
from bot.services.due.sources.reports import FORM
from bot.services.pages.partner_list import ALONE, AMONG_OTHERS, PINNED, Limits, OpenLine, PartnerList
from tests.builders import MESSAGES, facts
from tests.unit.renders.common import kpi_line, long_text
from workspace.blocks import check_blocks

COUNTS = st.integers(0, 70)
WORDS = st.sampled_from(["Report for December 2026", long_text(300)])


@st.composite
def lists(draw: st.DrawFn) -> PartnerList:
    def lines() -> list[OpenLine]:
        what, has_form, since = draw(WORDS), draw(st.booleans()), draw(st.booleans())
        form, key = (FORM, "key-of-a-report1") if has_form else (None, "")
        one = OpenLine(what, date(2027, 1, 6), late=draw(st.booleans()) and not since, since=since, form=form, key=key)
        return [one] * draw(COUNTS)

    rated = [kpi_line(number, "98.2", name=draw(WORDS)[:150]) for number in range(1, draw(COUNTS) + 1)]
    return PartnerList(facts(title=draw(WORDS)[:150]), lines(), lines(), lines(), rated, "November 2026")


@given(whole=lists(), limits=st.sampled_from([PINNED, ALONE, AMONG_OTHERS]))
def test_what_is_left_out_is_counted(whole: PartnerList, limits: Limits) -> None:
    short = whole.within(limits)
    parts = [(whole.owed, short.owed), (whole.waiting, short.waiting), (whole.told, short.told)]
    left_out = sum(len(all_of_it) - len(shown) for all_of_it, shown in [*parts, (whole.rated, short.rated)])
    assert short.more == left_out
    assert short.counts == whole.counts
    assert all(list(shown) == list(all_of_it)[: len(shown)] for all_of_it, shown in parts)
    assert len(short.owed) <= limits.owed
    assert len(short.told) <= limits.told


@given(whole=lists())
def test_the_pinned_message_is_one_message_that_slack_takes(whole: PartnerList) -> None:
    message = MESSAGES.message("partners/pinned", list=whole.within(PINNED))
    assert check_blocks(message.blocks, "message") == []
    assert not is_long(message.blocks), "else a part of it would stand in its thread"
    assert ("Show all" in str(message.blocks)) == (whole.within(PINNED).more > 0)
    assert len(message.text) < 500
