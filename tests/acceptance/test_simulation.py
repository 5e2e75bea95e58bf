"""A simulation of the sample portfolio: every message with when, where and who sees it, twice the same."""

import asyncio
from datetime import timedelta

from bot.demo import simulation


def test_two_simulations_of_the_same_days_say_the_same_at_the_same_instants() -> None:
    """From Monday at 9am to Tuesday at 9:10am, in Scotland the first working morning; on Monday afternoon half of the
    people do what they were asked."""
    span = timedelta(days=1, minutes=10)
    first, second = (asyncio.run(simulation.simulate(span, answering=True)) for _ in range(2))
    assert first == second
    assert first.startswith("# From 4 January 2027 at 9am to 5 January 2027 at 9:10am: ")
    days = [line.removeprefix("## ") for line in first.splitlines() if line.startswith("## ")]
    assert days[:2] == ["Monday 4 January 2027", "Tuesday 5 January 2027"]
    assert first.count("> Weekly performance summary, ") == 1
    prompt = first.index("> Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027.")
    assert "in #wp-ne-northgate\n(seen by Amira Shah, Liam Thornton and Priya Nair)" in first[prompt - 100 : prompt]
    assert "> Penrose Print & Mail Ltd: the report for December 2026" in first, "as people read it"
    assert "> Policy 1: Keeping people safe. Acknowledge by 8 January 2027" in first
    assert first.count("> 1 of 2 have acknowledged Policy 1: Keeping people safe") == 2, "in both internal channels"
    scotland = first.index("> Strathmore Skills Partnership: the report for December 2026 on SK-SC")
    assert scotland > first.index("## Tuesday 5 January 2027")
    assert "> The report for December 2026 on HA-EW is in, from Seun Bankole: Inadequate." in first, "he was asked"
    direct = first.count("**, in a direct message\n")
    assert direct
    assert days[2] == f"{direct} direct messages, and {first.count('**, in #')} in channels", "counted at the end"
    assert "\n| #wp-ne-northgate | 2 |\n" in first
