"""The weekly performance summary in the portfolio channel, computed from the record."""

from datetime import timedelta

from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, PRIYA, Office


def test_the_summary_stands_in_the_portfolio_channel_and_says_what_the_record_says(office: Office) -> None:
    office.run("summary")
    office.deliver()
    amira = office.person(AMIRA)
    (summary,) = [m for m in amira.messages(PORTFOLIO) if m.text.startswith("Weekly")]
    assert summary.text == (
        "Weekly performance summary, 4 January 2027: 2 got worse, 2 got better; 6 of 12 contracts need attention."
    )
    for said in (
        "HA-EW Health assessments, England and Wales\n• Worse: Inadequate, was Requires improvement. Average clearance",
        "29.3 working days against 20 working days",
        "SE-CW Local supported employment, Calderwick\n• Approaching target. ",
        "• Late: Report for November 2026, due 3 December 2026 (not asked yet)\n• Contract manager: Amira Shah",
        "• Late: Pay invoice NF-1044: £1.52 million, due 14 November 2026",
        "A contract needs attention if its last report is rated Requires improvement or Inadequate",
    ):
        assert said in summary.plain
    assert not [block for block in summary.blocks if block["type"] == "table"]
    table, charts = [m for m in amira.messages(PORTFOLIO) if m.thread_ts == summary.ts]
    for said in (
        "1 February 2027: Decide: extension of 12 months (DE-SW)",
        "6 January 2027: Report for December 2026 (CC-OT, DE-SW, FM-JC and 8 others)",
        "no figure for Telephone interpreter connected within 60 seconds (Callum Reid)",
        "Bring average clearance back to 23 working days",
    ):
        assert said in table.plain
    (rows,) = [block["rows"] for block in table.blocks if block["type"] == "table"]
    assert (len(rows), len(rows[0])) == (13, 2), "every contract, in columns that fit in a thread"
    assert [block["type"] for block in charts.blocks].count("image") == 5
    amira.click(summary, "Show WP-NE")
    amira.wait(lambda p: any(m.ephemeral and "WP-NE Work Pathways" in m.plain for m in p.messages(PORTFOLIO)))


def test_next_week_s_summary_leads_with_what_changed_and_one_without_change_is_a_line(office: Office) -> None:
    office.run("summary")
    office.deliver()
    amira = office.person(AMIRA)
    amira.command("/progress report WP-NE starts=90 outcomes=80", channel=NORTH_EAST)
    for _ in range(2):
        office.clock.advance(timedelta(days=7))
        office.run("summary")
        office.deliver()
    first, second, third = [m for m in amira.messages(PORTFOLIO) if "Weekly performance summary" in m.plain]
    assert "Starts within 15 working days: 90% against 99%" not in first.plain
    assert second.text == (
        "Weekly performance summary, 11 January 2027: 1 got worse; 12 of 12 contracts need attention."
    )
    north_east = "WP-NE Work Pathways, North East\n• Worse: Inadequate, was Approaching target. "
    assert f"{north_east}Starts within 15 working days: 90% against 99%" in second.plain
    assert "• Now late: Report for December 2026, due 6 January 2027 (not asked yet)" in second.plain
    assert third.plain == (
        "Weekly performance summary, 18 January 2027: nothing changed since 11 January 2027; 12 of 12 contracts need "
        "attention. Sample records."
    )
    assert third.reply_count == 2, "the whole table and the charts"


def test_a_partner_does_not_see_the_portfolio_channel(office: Office) -> None:
    assert PORTFOLIO not in {m.channel for m in office.person(PRIYA).messages("C0WPNENG")}
