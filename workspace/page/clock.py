"""Instants as people in Europe/London read them, in GOV.UK style: 22 November 2026, 9:05am."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def instant(ts: str) -> datetime:
    """The instant of a message timestamp."""
    return datetime.fromtimestamp(float(ts), UTC)


def day(moment: datetime) -> str:
    """22 November 2026"""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def weekday(moment: datetime) -> str:
    """Sunday 22 November 2026"""
    return f"{moment.astimezone(LONDON):%A} {day(moment)}"


def short(moment: datetime) -> str:
    """Sun 22 Nov 2026"""
    local = moment.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y}"


def local_minute(moment: datetime) -> str:
    """2026-11-22T09:05, as a browser's field for a date and time takes it"""
    return f"{moment.astimezone(LONDON):%Y-%m-%dT%H:%M}"


def clock_time(moment: datetime) -> str:
    """9:05am, 5pm, midday, midnight"""
    local = moment.astimezone(LONDON)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def day_and_time(moment: datetime) -> str:
    """22 November 2026, 9:05am"""
    return f"{day(moment)}, {clock_time(moment)}"


def short_and_time(moment: datetime) -> str:
    """Sun 22 Nov 2026, 9:05am"""
    return f"{short(moment)}, {clock_time(moment)}"


def local_moment(seconds: str | None) -> str:
    """Unix seconds as a field for a date and time holds them, 2026-11-22T09:05; "" for none."""
    if seconds is None or re.fullmatch(r"[0-9]{1,11}", seconds) is None:
        return ""
    return f"{datetime.fromtimestamp(int(seconds), UTC).astimezone(LONDON):%Y-%m-%dT%H:%M}"


def date_words(moment: datetime, token: str) -> str | None:
    """The words for one of Slack's date tokens, such as date_long or time; None for an unknown token."""
    local = moment.astimezone(LONDON)
    base = token.removesuffix("_pretty")
    words = {
        "date_num": f"{local:%Y-%m-%d}",
        "date": day(moment),
        "date_short": f"{local.day} {local:%b %Y}",
        "date_long": weekday(moment),
        "date_slash": f"{local:%d/%m/%Y}",
        "time": clock_time(moment),
        "time_secs": f"{local:%H:%M:%S}",
    }
    return words.get(base)


def rich_date(timestamp: int, form: str) -> str:
    """A rich_text date element: its format with every token in braces put into words."""
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return re.sub(r"\{(\w+)\}", lambda match: date_words(moment, match[1]) or match[0], form)
