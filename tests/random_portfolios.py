"""Portfolios made up at random, with whatever texts people might think of, for the tests that take them round."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from hypothesis import strategies as st

from bot.domain.calendar import Nation
from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.duties import Regime, Supplies
from bot.domain.figures import Unit
from bot.domain.normalisation import cleaned, look_alike
from bot.domain.parts import Combining, FigureWithParts, round_to_worse, share
from bot.domain.periods import Month
from bot.domain.ratings import Direction, Rag, Rating
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.models import (
    AgreementForm,
    Audience,
    AuditState,
    ContactChannel,
    CreditState,
    Decision,
    FindingState,
    MadeBy,
    OrganisationKind,
    RiskResponse,
    RiskStatus,
    RoleName,
    Source,
    Stage,
)
from bot.records import (
    SHEETS,
    ActionRecord,
    AuditRecord,
    BenefitFigureRecord,
    BenefitRecord,
    CertificateRecord,
    ChannelRecord,
    ContactRecord,
    ContractRecord,
    CreditRecord,
    Decided,
    FindingRecord,
    HolidayRecord,
    InterventionEntryRecord,
    InterventionRecord,
    InvoiceRecord,
    KpiRecord,
    LeaveRecord,
    MilestoneRecord,
    ObligationRecord,
    OptionRecord,
    OrganisationRecord,
    PersonRecord,
    PlanRecord,
    PlanStepRecord,
    PlanSubmissionRecord,
    ReadingRecord,
    Record,
    RecordField,
    ReportRecord,
    RiskRecord,
    RoleRecord,
    SpendRecord,
    TargetRecord,
    Term,
)
from bot.records.cells import Percentage
from bot.services.portfolio.column_mapping import plain_key
from bot.services.portfolio.exporting import Written

R = TypeVar("R", bound=Record)

AWKWARD = [
    "(empty)", "'(Empty)",
    "=1+1", "=HYPERLINK(A1)", "+44 20 7946 0000", "-5", "- a dash", "@SUM(A1)", "'=x", "''=x", "'", "''", "#N/A", "#x",
    "null", "Null", "~", "yes", "No", "true", "1/4/2025", "2026-07", "Jul-26", "007", "1e5", "0x1F", "1:30", "97.2%",
    "two\nlines", "a\ttab", "semi;colon", 'quo"te', "com,ma", "{x: y}", "[a]", "- a", "a: b", "a #b", "*a", "&a", "!x",
    "|", ">", "%", "`", "\\n", "\\U0001", "£84 million", "é", "ﬁ", "日本",
    "👩‍🚀", "\u00a0x", "\ufeffx", "x\u2028y",
    "_x0041_", "_x005F_", "x005F_", "  spaces   within  it ", "]]>", "&amp;", "<b>",
]  # fmt: skip


def seen(text: str) -> bool:
    """Whether there is something to see in it, and no letter that is kept in no name."""
    return not look_alike(text) and any(each.isprintable() and not each.isspace() for each in text)


ANYTHING = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
)
TEXTS = (st.sampled_from(AWKWARD) | ANYTHING).map(lambda text: cleaned(text).strip()).filter(seen)
MAYBE = TEXTS | st.just("")
TODAY = date(2027, 1, 4)  # on which tests import
DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))
FIGURES = st.decimals(0, 100_000_000, places=4)
MONEY = st.decimals(0, 1_000_000_000, places=2)
SIGNED = st.decimals(-100_000_000, 100_000_000, places=4)
RULES = st.builds(
    lambda rule, day: parse_deadline(rule.format(f"{day:%d/%m/%Y}")),
    st.sampled_from(["10 working days after {}", "6 months before {}", "30 days after {}, rolled forward", "{}"]),
    st.dates(date(2027, 9, 1), date(2040, 6, 30)),
)
FIXED = st.dates(date(2027, 2, 1), date(2040, 11, 30))
DEADLINES = RULES | FIXED.map(Deadline.fixed)

BY_HAND = {
    OrganisationRecord, PersonRecord, LeaveRecord, HolidayRecord, ContractRecord, RoleRecord, ChannelRecord, KpiRecord,
    TargetRecord, OptionRecord,
    ReportRecord, ReadingRecord, RiskRecord, ContactRecord, ActionRecord, AuditRecord, FindingRecord,
    PlanSubmissionRecord, PlanStepRecord, InterventionEntryRecord,
    BenefitRecord, BenefitFigureRecord,
}  # fmt: skip
"""The records whose fields depend on each other, or on other records."""
SPENT, INVOICED = [Month(2026, 4), Month(2026, 5)], [Month(2026, 6), Month(2027, 3)]
PERIODS = st.builds(Month, st.integers(2025, 2030), st.integers(1, 12))
OF_TYPE: dict[type, st.SearchStrategy[object]] = {
    str: TEXTS, date: DAYS, Decimal: FIGURES, Deadline: DEADLINES, Month: PERIODS,
}  # fmt: skip
SAID = ("said_done", "said", "said_done_by")
APART = {*Term.end, *SAID, "met_by", "recurs", "next_due", "verified_by", "commented_by"}  # which depend on each other
AS_DECLARED = [sheet for sheet in SHEETS if sheet not in BY_HAND]


@st.composite
def portfolios(draw: st.DrawFn) -> Written:
    """A department, its partners and their contracts, with everything that belongs to a contract."""
    rows: dict[type[Record], list[Record]] = {sheet: [] for sheet in SHEETS}

    def add(row: Record) -> None:
        rows[type(row)].append(row)

    add(OrganisationRecord(key="department", name=draw(TEXTS), kind=OrganisationKind.DEPARTMENT, teams=("T0A", "T0B")))
    add(OrganisationRecord(key="partner", name=draw(TEXTS), kind=draw(st.sampled_from(list(OrganisationKind)[1:]))))
    for slack, organisation in (("U0D", "department"), ("U0E", "department"), ("U0P", "partner"), ("U0Q", "partner")):
        add(PersonRecord(slack=slack, name=draw(TEXTS), email=draw(MAYBE), organisation=organisation))
    add(HolidayRecord(nation=Nation.SCOTLAND, day=date(2026, 6, 15), name=draw(TEXTS)))  # which every register has
    for day in draw(st.sets(FIXED, max_size=3)):
        add(
            HolidayRecord(
                nation=draw(st.sampled_from(Nation)), day=day, name=draw(TEXTS), is_holiday=draw(st.booleans())
            )
        )
    first, last = sorted(draw(st.tuples(DAYS, DAYS)))
    add(LeaveRecord(person="U0D", first_day=first, last_day=last))
    for number in range(draw(st.integers(1, 2))):
        for row in draw(_contracts(f"CON-{number}")):
            add(row)
        for sheet in AS_DECLARED:
            drawn = draw(
                st.lists(
                    _declared(sheet, f"CON-{number}"),
                    min_size=1,
                    max_size=2,
                    unique_by=lambda row: plain_key(type(row), row.identity),
                )
            )
            rows[sheet].extend(drawn)
            for row in (each for parent in drawn for each in draw(_below(parent))):
                add(row)
    return list(rows.items())


@st.composite
def _below(draw: st.DrawFn, parent: Record) -> list[Record]:
    """What a plan or an intervention has below it: what the partner sent, with its steps, or its log."""

    def drawn(sheet: type[R], **values: Any) -> R:  # noqa: ANN401  # whatever its fields hold
        free = {name: draw(_allowed(field)) for name, field in sheet.fields().items() if name not in values}
        return _made(sheet, **values, **free)

    if isinstance(parent, PlanRecord):
        of_plan = {"contract": parent.contract, "plan": parent.title}
        numbers = range(1, draw(st.integers(0, 2)) + 1)
        sent = [drawn(PlanSubmissionRecord, **of_plan, number=number, by="U0P") for number in numbers]
        step = [drawn(PlanStepRecord, **of_plan, number=number, answers="U0Q") for number in numbers]
        return [*sent, *(each for each in step for _ in range(draw(st.integers(0, 2))))]
    if isinstance(parent, InterventionRecord):
        of_it = {"contract": parent.contract, "level": parent.level, "area": parent.area, "opened": parent.opened}
        day = draw(st.dates(parent.opened, TODAY))
        entry = drawn(InterventionEntryRecord, **of_it, day=day, logged=draw(st.dates(day, TODAY)), by="U0D")
        return [entry] * draw(st.integers(0, 2))
    return []


def _made(sheet: type[R], **values: Any) -> R:  # noqa: ANN401  # whatever its fields hold
    """A record of these values, with its days in order, and what has been not after today."""
    values |= {name: min(values[name], TODAY) for name in sheet.have_been if values.get(name)}
    for first, then in sheet.in_order:
        if values.get(first) and values.get(then):
            values[then] = max(values[then], values[first])
    return sheet.model_validate(values)


@st.composite
def _declared(draw: st.DrawFn, sheet: type[Record], reference: str) -> Record:
    """A record of a contract, of which each field is anything that its declaration allows."""
    values: dict[str, Any] = {
        field.name: draw(_allowed(field)) for field in sheet.fields().values() if field.name not in ("contract", *APART)
    }
    if sheet is PlanRecord:
        values |= {"requested": draw(DAYS), "due": draw(DAYS), "kpi": None}
    if sheet is InterventionRecord:
        values |= {"lead": "U0D", "kpi": None}
        values["outcome"] = draw(TEXTS) if values["left"] else ""
        values["told_words"] = draw(TEXTS) if values["told"] else ""
    if sheet is CertificateRecord:
        values["verified_by"] = draw(st.sampled_from([None, "U0D"])) if values["verified"] else None
        if None not in (values["cover"], values["required_cover"]):
            values["cover"] = max(values["cover"], values["required_cover"])
    if sheet is CreditRecord:
        values |= draw(_of_state(values["state"]))
    if sheet in (SpendRecord, InvoiceRecord):
        values |= draw(_sums(sheet))
    return _made(sheet, contract=reference, **values, **_ended_or_not(draw, sheet), **_owed(draw, sheet, values))


@st.composite
def _sums(draw: st.DrawFn, sheet: type[Record]) -> dict[str, Any]:
    """The sums of a month, or of an invoice, that can be; only the month has no invoices of its own."""
    paid, unpaid, disputed, rest = (draw(st.decimals(1, 1_000_000, places=2)) for _ in range(4))
    some = {"approved": paid + unpaid, "disputed": disputed, "paid": paid}
    if sheet is SpendRecord:
        month = draw(st.sampled_from(SPENT))
        return {**some, "invoiced": paid + unpaid + disputed + rest, "period": month}
    invoice = {**some, "amount": paid + unpaid + disputed + rest, "dispute": draw(TEXTS), "paid_day": draw(DAYS)}
    return {**invoice, "period": draw(st.sampled_from(INVOICED))}


@st.composite
def _of_state(draw: st.DrawFn, state: str) -> dict[str, Any]:
    """What a service credit in a state has, and what it has not."""
    is_deducted, is_commented = state == CreditState.DEDUCTED, state == CreditState.COMMENTED
    return {
        "reason": draw(TEXTS) if state == CreditState.WAIVED else "",
        "invoice": draw(TEXTS) if is_deducted else "",
        "deducted": TODAY if is_deducted else None,
        "comment": draw(TEXTS) if is_commented else "",
        "commented": TODAY if is_commented else None,
        "commented_by": "U0P" if is_commented else None,
    }


def _owed(draw: st.DrawFn, sheet: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    """Who confirmed that something owed was met, who said so before, and how an obligation comes again."""
    if sheet not in (MilestoneRecord, ObligationRecord):
        return {}
    more: dict[str, Any] = {"met_by": draw(st.sampled_from([None, "U0D"]))} if values["met"] else {}
    if draw(st.booleans()):
        more |= {"said_done": draw(DAYS), "said": draw(DAYS), "said_done_by": "U0P"}
    if sheet is ObligationRecord and values["due"] and draw(st.booleans()):
        recurs = draw(st.sampled_from(["monthly", "every 5 months on the 30th", "yearly on the last day"]))
        more |= {"recurs": recurs, "next_due": draw(st.none() | DEADLINES)}
    return more


def _ended_or_not(draw: st.DrawFn, sheet: type[Record]) -> dict[str, Any]:
    """When a term ended and why, or neither."""
    if not issubclass(sheet, Term) or not draw(st.booleans()):
        return {}
    when, why = sheet.end
    return {when: draw(PERIODS if sheet is KpiRecord else DAYS), why: draw(TEXTS)}


def _allowed(field: RecordField) -> st.SearchStrategy[object]:
    """What a field can hold: where it is not needed, its default as well."""
    numbers = field.reader.numbers
    if field.choices:
        value: st.SearchStrategy[object] = st.sampled_from(field.choices)
    elif field.reader.unit == "£" and Decimal in field.types:
        value = MONEY
    elif numbers is not None:
        value = st.integers(numbers[0], numbers[-1])
    else:
        value = next(strategy for kind, strategy in OF_TYPE.items() if kind in field.types)
    return value if field.needed else st.just(field.default) | value


@st.composite
def _contracts(draw: st.DrawFn, reference: str) -> list[Record]:
    start, end, longest = sorted(draw(st.lists(DAYS, min_size=3, max_size=3, unique=True)))
    start, longest = min(start, date(2026, 4, 1)), max(longest, date(2027, 3, 31))  # it has the months of its spend
    value = draw(st.integers(0, 10**12))
    contract = ContractRecord(
        reference=reference,
        title=draw(TEXTS),
        partner="partner",
        purpose=draw(MAYBE),
        objectives=draw(MAYBE),
        regime=draw(st.sampled_from(Regime)),
        light_touch=draw(st.booleans()),
        form=draw(st.sampled_from(AgreementForm)),
        supplies=draw(st.sampled_from(Supplies)),
        kpi_exemption=draw(MAYBE),
        tier=draw(TEXTS.filter(lambda text: len(text) <= 20)),
        value=value,
        value_with_vat=draw(st.none() | st.just(value)),
        service_credit_cap=draw(st.none() | FIGURES),
        start=start,
        end=end,
        longest_end=longest,
        nation=draw(st.sampled_from(Nation)),
        stage=draw(st.sampled_from(Stage)),
        ocds_id=draw(MAYBE),
        documents=draw(MAYBE),
        report_working_day=draw(st.integers(1, 15)),
        first_period=draw(st.builds(Month, st.just(2027), st.integers(1, 12))),
        sample=draw(st.booleans()),
    )
    return [contract, *draw(_people(reference)), *draw(_specification(reference)), *draw(_history(reference))]


@st.composite
def _people(draw: st.DrawFn, reference: str) -> list[Record]:
    deputy = draw(st.none() | st.just("U0E"))
    return [
        RoleRecord(contract=reference, role=draw(st.sampled_from(list(RoleName)[:6])), person="U0D", deputy=deputy),
        RoleRecord(contract=reference, role=RoleName.PARTNER_CONTACT, person="U0P", deputy="U0Q"),
        ChannelRecord(channel=f"C{reference[-1]}X", contract=reference, audience=draw(st.sampled_from(Audience))),
    ]


@st.composite
def _specification(draw: st.DrawFn, reference: str) -> list[Record]:
    rows: list[KpiRecord] = []
    targets: list[TargetRecord] = []
    for code in draw(st.lists(st.sampled_from(["starts", "1", "p1-fix"]), unique=True)):
        signed, unit, direction = draw(st.booleans()), draw(st.sampled_from(Unit)), draw(st.sampled_from(Direction))
        figures = SIGNED if signed else FIGURES
        since = sorted(draw(st.sets(PERIODS, min_size=1, max_size=3)))
        ways = st.tuples(figures, figures, figures).map(partial(_cut_offs, unit=unit, direction=direction))
        targets += [TargetRecord(contract=reference, kpi=code, since=month, **draw(ways)) for month in since]
        rows.append(
            KpiRecord(
                contract=reference,
                code=code,
                name=draw(TEXTS),
                definition=draw(MAYBE),
                unit=unit,
                direction=direction,
                combines=draw(st.sampled_from([each for each in Combining if each.fits(unit, below_zero=signed)])),
                may_be_negative=signed,
                **{name: getattr(targets[-1], name) for name in KpiRecord.apart},
                source=draw(st.sampled_from(Source)),
                weight=draw(st.none() | st.integers(0, 100)),
                **_ended_or_not(draw, KpiRecord),
            )
        )
    decision = draw(st.sampled_from(Decision))
    is_known = decision is not Decision.OPEN and draw(st.booleans())
    known: dict[str, Any] = {"decided": draw(DAYS), "decided_by": "U0D", "reason": draw(TEXTS)} if is_known else {}
    option = _made(
        OptionRecord,
        contract=reference,
        name=draw(TEXTS),
        months=draw(st.integers(1, 240)),
        decide_by=draw(DEADLINES),
        decision=decision,
        **known,
        **({"variation": draw(TEXTS), "varied": TODAY} if draw(st.booleans()) else {}),
        **_ended_or_not(draw, OptionRecord),
    )
    last = {(row.code, row.since) for row in rows}
    earlier = [row for row in targets if (row.kpi, row.since) not in last]
    return [*rows, *earlier, option, *_reports(draw, reference, rows)]


def _cut_offs(figures: tuple[Decimal, ...], unit: Unit, direction: Direction) -> dict[str, Any]:
    """Three cut-offs in order, by their names."""
    ordered = sorted(figures, reverse=direction is Direction.HIGHER)
    names = ("good", "approaching", "requires_improvement")
    return {name: _percentage(each, unit) for name, each in zip(names, ordered, strict=True)}


def _percentage(value: Decimal, unit: Unit) -> Decimal:
    """A small percentage has its sign, or it could be a fraction."""
    return Percentage(value) if unit is Unit.PERCENT and 0 < abs(value) <= 1 else value


@st.composite
def _given(draw: st.DrawFn, kpi: KpiRecord) -> FigureWithParts:
    """A figure with its parts or without, or none."""
    unit, direction = kpi.unit, kpi.direction
    combines = kpi.combines or Combining.usual(unit)
    value, whole = (
        draw(st.none() | (SIGNED if kpi.may_be_negative else FIGURES)),
        Decimal(draw(st.integers(0, 100_000))),
    )
    if draw(st.booleans()) or combines not in (Combining.RATIO, Combining.AVERAGE):
        return FigureWithParts(value)
    if combines is Combining.AVERAGE or not whole:
        part = Decimal(0) if combines is Combining.RATIO else None
        return (
            FigureWithParts(value if whole else None, part, whole)
            if value is not None or not whole
            else FigureWithParts(None)
        )
    counted = Decimal(draw(st.integers(0, int(whole))))
    return FigureWithParts(round_to_worse(share(counted, whole, unit), direction), counted, whole)


def _reports(draw: st.DrawFn, reference: str, kpis: list[KpiRecord]) -> list[Record]:
    received, awaited = Month(2026, 11), Month(2026, 12)
    decision = draw(st.sampled_from(Decided))
    rag = draw(st.none() | st.sampled_from(Rag))
    words = TEXTS if rag in (Rag.AMBER, Rag.RED) else MAYBE if rag else st.just("")
    rows: list[Record] = [
        _made(
            ReportRecord,
            contract=reference,
            period=received,
            received=draw(DAYS),
            by="U0P",
            narrative=draw(MAYBE),
            decision=decision,
            decided=None if decision is Decided.OPEN else draw(DAYS),
            decided_by="U0D" if decision is Decided.QUERIED else None,
            query=draw(TEXTS if decision is Decided.QUERIED else MAYBE),
            rag=rag,
            rag_reason=draw(words),
            path_to_green=draw(words),
            evidence=draw(MAYBE),
        ),
        ReportRecord(contract=reference, period=awaited, due=draw(DAYS)),
    ]
    for kpi in kpis:
        given = draw(_given(kpi))
        why = "" if given.value is not None else draw(TEXTS)
        parts = {"value": given.value, "part": given.part, "whole": given.whole}
        set_to, checked = draw(st.none() | st.sampled_from(Rating)), draw(st.none() | DAYS)
        rows.append(
            _made(
                ReadingRecord,
                contract=reference,
                period=received,
                kpi=kpi.code,
                why=why,
                verified=checked,
                verified_by="U0D" if checked else None,
                rating=set_to,
                rating_why=draw(TEXTS) if set_to else "",
                rated=draw(DAYS) if set_to else None,
                rated_by="U0D" if set_to else None,
                **parts,
            )
        )
    return rows


@st.composite
def _history(draw: st.DrawFn, reference: str) -> list[Record]:
    category = draw(st.sampled_from(RiskCategory))
    assessed, target = draw(st.booleans()), draw(st.booleans())
    likelihood = draw(st.sampled_from(Likelihood)) if assessed else None
    impact = draw(st.sampled_from(Impact)) if assessed else None
    still = draw(st.sampled_from(RiskStatus))
    closed = still is RiskStatus.CLOSED
    risk = _made(
        RiskRecord,
        contract=reference,
        title=draw(TEXTS),
        cause=draw(MAYBE),
        effect=draw(MAYBE),
        controls=draw(MAYBE),
        category=category,
        likelihood=likelihood,
        impact=impact,
        target_likelihood=Likelihood.RARE if target else None,
        target_impact=Impact.MINOR if target else None,
        proximity=draw(st.none() | DAYS),
        status=still,
        happened=draw(TEXTS) if still is RiskStatus.ISSUE else "",
        closed=draw(DAYS) if closed else None,
        closing_reason=draw(TEXTS) if closed else "",
        response=draw(st.none() | st.sampled_from(RiskResponse)),
        response_note=draw(MAYBE),
        raised=draw(st.dates(date(1990, 1, 1), date(2199, 1, 1))),
        by="U0D",
    )
    return [*[risk] * draw(st.integers(0, 2)), *draw(_work(reference))]


@st.composite
def _work(draw: st.DrawFn, reference: str) -> list[Record]:
    """What was said, and who does what."""
    contact = _made(
        ContactRecord,
        contract=reference,
        day=draw(st.dates(date(1990, 1, 1), date(2027, 1, 4))),
        time=draw(st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))),
        channel=draw(st.sampled_from(ContactChannel)),
        made_by=draw(st.sampled_from(MadeBy)),
        people=tuple(sorted(draw(st.sets(st.sampled_from(["U0D", "U0E", "U0P", "U0Q"]))))),
        attendees=draw(MAYBE),
        purpose=draw(MAYBE),
        summary=draw(TEXTS),
        decisions=draw(MAYBE),
        next_contact=draw(st.none() | DAYS),
        formal_notice=draw(st.booleans()),
        link=draw(st.sampled_from(["", "https://documents.example/notes?id=1"])),
        by=draw(st.sampled_from(["U0D", "U0E"])),
        logged=draw(st.dates(date(1990, 1, 1), date(2027, 1, 4))),
    )
    done = draw(st.none() | DAYS)
    action = _made(
        ActionRecord,
        contract=reference,
        what=draw(TEXTS),
        owner=draw(st.sampled_from(["U0D", "U0P"])),
        due=draw(DAYS),
        closed_by_another=draw(st.booleans()),
        added=draw(st.dates(date(1990, 1, 1), date(2199, 1, 1))),
        by="U0D",
        done=done,
        done_by="U0E" if done else None,
        done_note=draw(MAYBE) if done else "",
    )
    rows: list[Record] = [*[contact] * draw(st.integers(0, 2)), *[action] * draw(st.integers(0, 2))]
    return [*rows, *draw(_visit(reference)), *draw(_benefits(reference))]


@st.composite
def _benefits(draw: st.DrawFn, reference: str) -> list[Record]:
    """A benefit and a month of it."""
    named = draw(TEXTS.map(lambda text: " ".join(text.split())))
    benefit = BenefitRecord(
        contract=reference,
        name=named,
        unit=named[:40],
        baseline=draw(st.none() | SIGNED),
        owner=draw(st.sampled_from(["U0D", "U0E"])),
    )
    month = {"profile": draw(st.none() | SIGNED), "actual": draw(st.none() | SIGNED)}
    return [benefit, BenefitFigureRecord(contract=reference, benefit=benefit.name, period=Month(2026, 6), **month)]


@st.composite
def _visit(draw: st.DrawFn, reference: str) -> list[Record]:
    """A visit and what it found."""
    state, asked = draw(st.sampled_from(AuditState)), draw(st.booleans())
    before = state in (AuditState.PLANNED, AuditState.TOLD, AuditState.CANCELLED)
    lead = {"contract": reference, "lead": "U0D"}
    free = {name: draw(_allowed(AuditRecord.fields()[name])) for name in _OF_VISIT}
    visit = _made(
        AuditRecord,
        **lead,
        **free,
        state=state,
        asked_day=draw(DAYS) if asked else None,
        asked_why=draw(TEXTS) if asked else "",
        held=None if before else draw(DAYS),
        reported=draw(DAYS) if state is AuditState.FINAL else None,
        ended_why=draw(TEXTS) if state is AuditState.CANCELLED else "",
    )
    visit = visit.model_copy(update={"due": visit.due_on})
    found, gone = draw(st.sampled_from(FindingState)), draw(DAYS)
    finding = _made(
        FindingRecord,
        contract=reference,
        audit=visit.name,
        **{name: draw(_allowed(FindingRecord.fields()[name])) for name in _OF_FINDING},
        link=draw(st.sampled_from(["", "https://documents.example/notes?id=1"])),
        state=found,
        disputed=gone if found is FindingState.DISPUTED else None,
        closed=gone if found is FindingState.CLOSED else None,
        closed_by="U0D" if found is FindingState.CLOSED else None,
    )
    return [visit, finding]


_OF_VISIT = ("name", "kind", "day", "place", "areas", "scope", "team", "notes", "opinion", "summary")
_OF_FINDING = (
    *("title", "grade", "clause", "fact", "found", "due", "next_due", "comment", "answer", "containment"),
    *("root_cause", "dispute", "reason"),
)
