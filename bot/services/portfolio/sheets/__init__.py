"""The import and export format: one sheet for each kind of record, one row for each record, declared once.

The readers, the writers, the template and the description of the format all follow these declarations.
"""

from bot.services.portfolio.sheets.columns import Column, Key, Misfit, Row
from bot.services.portfolio.sheets.contracts import ChannelRow, ContractRow, RoleRow
from bot.services.portfolio.sheets.history import Decided, FigureRow, MemoRow, PlanRow, ReportRow, RiskRow
from bot.services.portfolio.sheets.people import LeaveRow, OrganisationRow, PersonRow
from bot.services.portfolio.sheets.specification import KpiRow, MilestoneRow, ObligationRow, OptionRow

SHEETS: tuple[type[Row], ...] = (
    OrganisationRow,
    PersonRow,
    LeaveRow,
    ContractRow,
    RoleRow,
    ChannelRow,
    KpiRow,
    OptionRow,
    MilestoneRow,
    ObligationRow,
    ReportRow,
    FigureRow,
    PlanRow,
    MemoRow,
    RiskRow,
)
"""Every sheet; each names rows of those before it alone."""

BY_NAME = {each.sheet: each for each in SHEETS}

DEADLINES: dict[type[Row], str] = {OptionRow: "decide_by", MilestoneRow: "due", ObligationRow: "due"}
"""The sheets with a day that may be a rule, and its column."""

__all__ = [
    "BY_NAME",
    "DEADLINES",
    "SHEETS",
    "ChannelRow",
    "Column",
    "ContractRow",
    "Decided",
    "FigureRow",
    "Key",
    "KpiRow",
    "LeaveRow",
    "MemoRow",
    "MilestoneRow",
    "Misfit",
    "ObligationRow",
    "OptionRow",
    "OrganisationRow",
    "PersonRow",
    "PlanRow",
    "ReportRow",
    "RiskRow",
    "RoleRow",
    "Row",
]
