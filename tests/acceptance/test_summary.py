"""The weekly performance summary in the portfolio channel, computed from the record."""

from datetime import timedelta

from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, PRIYA, Office


def test_the_summary_stands_in_the_portfolio_channel_and_says_what_the_record_says(office: Office) -> None:
    office.run("summary")
    office.deliver()
    (summary,) = [m for m in office.person(AMIRA).messages(PORTFOLIO) if m.text.startswith("Weekly")]
    assert summary.reply_count == 1
    for said in (
        "Weekly performance summary, 4 January 2027",
        "6 of 12 contracts need attention; 2 got worse, 2 got better",
        "Average clearance time: 29.3",
        "29.3 working days against 20 working days",
        "SE-CW: Report for November 2026, due 3 December 2026 (19 working days)",
        "WP-NE: Change memo 3 to be acknowledged: Revised guidance on checking job outcomes, due 17 December 2026",
        "1 February 2027: Decide: extension of 12 months (DE-SW)",
        "6 January 2027: Report for December 2026 (CC-OT, DE-SW, FM-JC and 8 others)",
        "no figure for Telephone interpreter connected within 60 seconds",
        "Bring average clearance back to 23 working days",
    ):
        assert said in summary.plain


def test_next_week_s_summary_says_what_changed_since(office: Office) -> None:
    office.run("summary")
    amira = office.person(AMIRA)
    amira.command("/progress report WP-NE starts=90 outcomes=80", channel=NORTH_EAST)
    office.clock.advance(timedelta(days=7))
    office.run("summary")
    office.deliver()
    first, second = [m for m in amira.messages(PORTFOLIO) if "Weekly performance summary" in m.plain]
    assert "Starts within 15 working days: 90% against 99%" not in first.plain
    assert "11 January 2027" in second.plain
    assert "Starts within 15 working days: 90% against 99%" in second.plain
    assert "11 of 12" not in second.plain


def test_a_partner_does_not_see_the_portfolio_channel(office: Office) -> None:
    assert PORTFOLIO not in {m.channel for m in office.person(PRIYA).messages("C0WPNENG")}
