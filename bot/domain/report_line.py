"""Parsing the pairs of a report in one line: "starts=97.2 outcomes = 88, clearance=21.5 over 340"."""

import re
from collections.abc import Iterable

from bot.domain.reply_tokens import KpiToRead, whole_names
from bot.domain.wording import quoted
from bot.errors import UserError

_BETWEEN_PAIRS = " ,;"


def pairs(line: str, kpis: Iterable[KpiToRead]) -> list[tuple[str, str]]:
    """The names of KPIs and their figures, as they were typed.

    There may be spaces around an equals sign, and commas between the pairs. A name that no KPI has is returned too, if
    it is one word. Raises `UserError` for anything that is not a pair.
    """
    named = re.compile(rf"(?<![^\s=,;])(?P<name>{whole_names(kpis)}|[^\s=,;]++)\s*+=", re.IGNORECASE)
    found = list(named.finditer(line))
    before = line[: found[0].start()] if found else line
    if before.strip(_BETWEEN_PAIRS):
        raise UserError(f"{quoted(before)} is not a KPI and its figure. Write them with an equals sign: starts=97.2.")
    ends = [*(each.start() for each in found[1:]), len(line)]
    return [
        (each["name"], line[each.end() : end].strip(_BETWEEN_PAIRS)) for each, end in zip(found, ends, strict=False)
    ]
