"""Names of the register that differ only in how they are written, so that people and files can mean either."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, literal, select, union_all
from sqlmodel import Session

from bot.db import table
from bot.domain.normalisation import name_key
from bot.models import Contract, ExtensionOption, Kpi, Milestone, Obligation, Organisation, RectificationPlan

_contracts, _organisations = table(Contract), table(Organisation)
_OF_A_CONTRACT = {
    "KPI": table(Kpi).c.name,
    "Option": table(ExtensionOption).c.name,
    "Milestone": table(Milestone).c.name,
    "Obligation": table(Obligation).c.name,
    "Plan": table(RectificationPlan).c.title,
}


@dataclass(frozen=True)
class SameName:
    """Records of one kind, and of one contract ("" for organisations), whose names are one name in several writings."""

    what: str
    contract: str
    names: Sequence[str]

    @property
    def title(self) -> str:
        """What they are, and on which contract: "Milestone on WP-NE"."""
        return f"{self.what} on {self.contract}" if self.contract else self.what


def same_names(session: Session) -> list[SameName]:
    """Every name that two records or more have, in whatever writing. One query."""
    named: Select[tuple[str, str, str]] = select(literal("Organisation"), literal(""), _organisations.c.name)
    of_contracts = [
        select(literal(what), _contracts.c.reference, name).join_from(
            name.table, _contracts, _contracts.c.id == name.table.c.contract_id
        )
        for what, name in _OF_A_CONTRACT.items()
    ]
    alike = defaultdict[tuple[str, str, str], list[str]](list)
    for what, contract, name in session.execute(union_all(named, *of_contracts)):
        alike[what, contract, name_key(name)].append(name)
    found = [SameName(what, contract, sorted(names)) for (what, contract, _), names in alike.items() if len(names) > 1]
    return sorted(found, key=lambda each: (each.contract, each.what, each.names))
