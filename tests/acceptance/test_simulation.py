"""A simulation of the sample portfolio: every message with when, where and who sees it, twice the same."""

import subprocess
import sys
from pathlib import Path


def test_two_simulations_of_two_weeks_say_the_same_at_the_same_instants(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.md", "two.md")]
    command = [sys.executable, "-m", "bot", "simulate", "--weeks", "2", "--to"]
    running = [subprocess.Popen([*command, str(file)], stderr=subprocess.PIPE, text=True) for file in files]
    ended = [(process.communicate(timeout=240)[1], process.returncode) for process in running]
    assert [code for _, code in ended] == [0, 0], ended
    first, second = (file.read_text(encoding="utf-8") for file in files)
    assert first == second
    assert first.startswith("# 2 weeks from 4 January 2027 at 9am: ")
    days = [line.removeprefix("## ") for line in first.splitlines() if line.startswith("## ")]
    assert {"Monday 4 January 2027", "Tuesday 5 January 2027", "Monday 11 January 2027"} <= set(days)
    assert first.count("> Weekly performance summary, ") == 2
    prompt = first.index("> Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027.")
    assert "in #wp-ne-northgate\n(seen by Amira Shah, Liam Thornton and Priya Nair)" in first[prompt - 100 : prompt]
