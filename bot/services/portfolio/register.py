"""The register as rows: what is in it, in the very form in which a file says it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.risk_rules import RiskRules
from bot.services.portfolio.sheets import SHEETS, Key, Row


@dataclass
class Register:
    """Rows by their keys, and the ids of the records that hold them.

    `now` is the instant they are looked at, `rules` those for risks that are in force then.
    """

    now: datetime
    rules: RiskRules = field(default_factory=RiskRules)
    rows: dict[type[Row], dict[Key, Any]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    ids: dict[type[Row], dict[Key, int]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    keys: dict[type[Row], dict[int, Key]] = field(default_factory=lambda: {each: {} for each in SHEETS})

    @property
    def today(self) -> date:
        """The day it is in London."""
        return london(self.now).date()

    @property
    def last_month(self) -> Month:
        """The first month that is still asked for where nothing lists its report."""
        return Month.of(self.today).previous()

    def note(self, sheet: type[Row], key: Key, id: int) -> None:
        """Remember which record holds a row; one without an id is known by what its row names."""
        if id:
            self.ids[sheet][key], self.keys[sheet][id] = id, key


def keyed(sheet: type[Row], rows: Iterable[Row]) -> Iterator[tuple[Key, Row]]:
    """Rows with their keys; where a sheet may have one key several times, the key says the how manieth it is."""
    seen = Counter[Key]()
    for row in rows:
        key = row.identity
        if sheet.repeats:
            seen[key] += 1
            key = (*key, seen[key])
        yield key, row
