"""The import format: what a portfolio file may say. bot/demo/portfolio.yaml is its documented example."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.domain.calendar import Nation
from bot.domain.duties import Regime
from bot.domain.figures import Unit
from bot.domain.periods import Month
from bot.domain.ratings import CutOffs, Direction, check_cut_offs
from bot.domain.scores import Impact, Likelihood
from bot.errors import UserError
from bot.models import (
    AgreementForm,
    OrganisationKind,
    PlanStatus,
    RiskCategory,
    RiskStatus,
    RoleName,
    Stage,
)


class Unreadable(UserError):
    """The file is not a portfolio: one sentence for each thing to mend."""


def _said_as_value_error(value: CutOffs, direction: Direction) -> None:
    try:
        check_cut_offs(value, direction)
    except UserError as error:
        raise ValueError(error.sentence) from None


def _month(value: object) -> Month:
    if isinstance(value, Month):
        return value
    try:
        return Month.parse(str(value))
    except UserError as error:
        raise ValueError(error.sentence) from None


def _slack_id(*letters: str) -> AfterValidator:
    def check(value: str) -> str:
        if not (value.isalnum() and value.isascii() and value.isupper() and value.startswith(letters)):
            raise ValueError(f"a Slack id has capital letters and digits only, and this one begins with {letters[0]}")
        return value

    return AfterValidator(check)


Period = Annotated[Month, BeforeValidator(_month)]
PersonId = Annotated[str, Field(min_length=2, max_length=40), _slack_id("U", "W")]
ChannelId = Annotated[str, Field(min_length=2, max_length=40), _slack_id("C", "G")]
TeamId = Annotated[str, Field(min_length=2, max_length=40), _slack_id("T", "E")]
Name = Annotated[str, Field(min_length=1, max_length=150)]
Figure = Annotated[Decimal, Field(ge=0, le=100_000_000, decimal_places=4)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DepartmentRow(_Row):
    """The department and its Slack teams."""

    name: Name
    teams: list[TeamId] = Field(min_length=1)


class PersonRow(_Row):
    """A person; `of` is "department" or a partner's key."""

    slack: PersonId
    name: Name
    email: str = Field(default="", max_length=254)
    of: str


class PartnerRow(_Row):
    """A delivery partner and its Slack teams."""

    key: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    name: Name
    kind: OrganisationKind
    teams: list[TeamId] = []


class ChannelsRow(_Row):
    """A contract's channels."""

    internal: ChannelId | None = None
    shared: ChannelId | None = None


class PortfolioChannels(_Row):
    """The portfolio's channels."""

    portfolio: ChannelId | None = None


class ReportingRow(_Row):
    """The reporting cycle: monthly, due on a working day of the month after."""

    due_working_day: int = Field(default=3, ge=1, le=15)  # every month has so many
    first_period: Period


class KpiRow(_Row):
    """A key performance indicator with its cut-offs."""

    code: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    name: Name
    unit: Unit
    direction: Direction
    good: Figure
    approaching: Figure
    requires_improvement: Figure

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _said_as_value_error(CutOffs(self.good, self.approaching, self.requires_improvement), self.direction)
        return self


class OptionRow(_Row):
    """A right to extend."""

    name: Name
    months: int = Field(ge=1, le=240)
    decide_by: date


class ReportRow(_Row):
    """A period's report; without `received` it is still awaited."""

    period: Period
    received: date | None = None
    by: PersonId | None = None
    figures: dict[str, Figure] = {}
    why: dict[str, Annotated[str, Field(max_length=300)]] = {}

    @model_validator(mode="after")
    def _by_someone(self) -> Self:
        if (self.received is None) != (self.by is None):
            raise ValueError("give both received and by, or neither")
        return self


class PlanRow(_Row):
    """A rectification plan."""

    title: str = Field(min_length=1, max_length=200)
    requested: date
    due: date
    status: PlanStatus
    reason: str = Field(default="", max_length=3000)


class MemoRow(_Row):
    """A change memo."""

    number: int = Field(ge=1)
    subject: str = Field(min_length=1, max_length=200)
    sent: date
    acknowledge_by: date
    acknowledged: date | None = None


class RiskRow(_Row):
    """A risk that was raised before."""

    title: str = Field(min_length=1, max_length=200)
    category: RiskCategory
    likelihood: Likelihood
    impact: Impact
    raised: date
    by: PersonId
    status: RiskStatus = RiskStatus.OPEN

    @field_validator("likelihood", "impact", mode="before")
    @classmethod
    def _word(cls, value: object, info: Any) -> object:  # noqa: ANN401  # pydantic's ValidationInfo is loosely typed
        scale = Likelihood if info.field_name == "likelihood" else Impact
        try:
            return scale.parse(str(value))
        except UserError as error:
            raise ValueError(error.sentence) from None


class ContractRow(_Row):
    """A contract with all that belongs to it."""

    reference: str = Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")
    title: Name
    partner: str
    purpose: str = Field(default="", max_length=3000)
    regime: Regime
    light_touch: bool = False
    form: AgreementForm = AgreementForm.CONTRACT
    tier: str = Field(max_length=20)
    value: int = Field(ge=0, le=1_000_000_000_000)
    start: date
    end: date
    longest_end: date | None = None
    nation: Nation
    stage: Stage
    people: dict[RoleName, PersonId] = {}
    channels: ChannelsRow = ChannelsRow()
    reporting: ReportingRow
    kpis: list[KpiRow] = Field(default=[], max_length=90)  # what a form holds
    options: list[OptionRow] = []
    reports: list[ReportRow] = []
    plans: list[PlanRow] = []
    memos: list[MemoRow] = []
    risks: list[RiskRow] = []

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"the end, {self.end}, is not after the start, {self.start}")
        if self.longest_end is not None and self.longest_end < self.end:
            raise ValueError(f"the longest end, {self.longest_end}, is before the end, {self.end}")
        return self

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        for what, names in (
            ("KPI", [kpi.code for kpi in self.kpis]),
            ("report for", [str(report.period) for report in self.reports]),
            ("option", [option.name for option in self.options]),
            ("plan", [plan.title for plan in self.plans]),
            ("change memo", [str(memo.number) for memo in self.memos]),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"{self.reference} has the {what} {name} twice: keep one of them")
        return self

    @model_validator(mode="after")
    def _figures_name_kpis(self) -> Self:
        codes = {kpi.code for kpi in self.kpis}
        for report in self.reports:
            unknown = (set(report.figures) | set(report.why)) - codes
            if unknown:
                raise ValueError(f"the report for {report.period} names {sorted(unknown)[0]!r}, which is no KPI here")
        return self


class PortfolioFile(_Row):
    """A whole file."""

    sample: bool = False
    department: DepartmentRow
    channels: PortfolioChannels = PortfolioChannels()
    people: list[PersonRow]
    partners: list[PartnerRow]
    contracts: list[ContractRow]


def read_portfolio(path: Path) -> PortfolioFile:
    """Read a YAML portfolio. Unreadable names the file, the place, the value and what is wrong with it."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name} could not be read: {error}.") from error
    except yaml.YAMLError as error:
        raise Unreadable(f"{path.name} is not YAML: {' '.join(str(error).split())}.") from error
    try:
        return PortfolioFile.model_validate(data)
    except ValidationError as error:
        raise Unreadable("\n".join(_sentence(path, detail) for detail in error.errors())) from error


def _sentence(path: Path, detail: Any) -> str:  # noqa: ANN401  # pydantic's error details
    place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in detail["loc"])
    said = detail["msg"].removeprefix("Value error, ").rstrip(".")
    given = detail["input"]
    shown = f" It says {str(given)[:60]!r}." if isinstance(given, str | int | float | date) else ""
    return f"{path.name}: {place.lstrip('.') or 'the whole file'}: {said}.{shown}"
