"""The tables. Importing this package makes SQLModel.metadata complete."""

from bot.models.audit import AuditEntry
from bot.models.contact import Contact, ContactChannel
from bot.models.contract import (
    AgreementForm,
    Audience,
    Channel,
    Contract,
    ExtensionOption,
    Kpi,
    Regime,
    Role,
    RoleName,
    Stage,
)
from bot.models.delivery import Occurrence, OutboxMessage, OutboxState, Receipt
from bot.models.organisation import Organisation, OrganisationKind, Person, Team
from bot.models.remedy import Memo, PlanStatus, RectificationPlan
from bot.models.reporting import Reading, Report
from bot.models.risk import Escalation, Risk, RiskCategory, RiskStatus

__all__ = [
    "AgreementForm",
    "Audience",
    "AuditEntry",
    "Channel",
    "Contact",
    "ContactChannel",
    "Contract",
    "Escalation",
    "ExtensionOption",
    "Kpi",
    "Memo",
    "Occurrence",
    "Organisation",
    "OrganisationKind",
    "OutboxMessage",
    "OutboxState",
    "Person",
    "PlanStatus",
    "Reading",
    "Receipt",
    "RectificationPlan",
    "Regime",
    "Report",
    "Risk",
    "RiskCategory",
    "RiskStatus",
    "Role",
    "RoleName",
    "Stage",
    "Team",
]
