"""The gallery: a picture of each render, and a page that shows them with what a phone shows."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

DRAWN = ("contacts_logged.usual", "contacts_form.usual", "home_home.usual")  # a message, a form and a page


def test_a_message_a_form_and_a_page_are_drawn(browser: Browser, tmp_path: Path) -> None:
    assert browser.is_connected(), "where there is none, it is said so"
    done = subprocess.run(
        [sys.executable, "-m", "tests.gallery", *DRAWN, "--into", str(tmp_path)], check=True, capture_output=True
    )
    assert b"3 pictures are drawn" in done.stdout
    for name in DRAWN:
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Contacts and the actions that come of them" in page
    assert "You had a call with Amira Shah, Priya Nair, two advisers on 4 January 2027" in page
