"""The report of a visit or audit as a workbook, as its reader may see it: the visit, its findings and their actions."""

from collections.abc import Iterator

from bot.domain.wording import format_date, with_capital
from bot.records.cells import Cell
from bot.services.audits.audit_pages import AuditPage, audit_page_of_button
from bot.services.audits.findings import FindingCard
from bot.services.given_files import StoredFile
from bot.services.unit_of_work import ActorContext

_FINDINGS = (
    *("finding", "title", "grade", "clause", "what was seen", "repeats", "state", "due", "comment on the facts"),
    *("answer", "containment", "root cause", "dispute", "reason", "closed"),
)
_ACTIONS = ("finding", "action", "what", "owner", "due", "said done", "what shows it", "verified")


def report_file(ctx: ActorContext, key: str) -> StoredFile:
    """The report of the visit of a button. Raises `UserError` or `Denied`."""
    from bot.services.portfolio.xlsx_files import workbook  # openpyxl takes long to import

    page = audit_page_of_button(ctx, key)
    tabs = {
        "visit": [*_visit(page)],
        "findings": [_FINDINGS, *(_finding(each) for each in page.findings)],
        "actions": [_ACTIONS, *(row for each in page.findings for row in _steps(each))],
    }
    return StoredFile(f"{page.contract.reference} {page.facts.reference} report.xlsx", workbook(tabs))


def _visit(page: AuditPage) -> Iterator[tuple[Cell, ...]]:
    facts = page.facts
    yield ("contract", f"{page.contract.reference} {page.contract.title}")
    yield ("partner", page.contract.partner)
    yield (facts.kind.value, facts.name)
    yield ("state", facts.state.value)
    yield ("held on", format_date(facts.held_on) if facts.held_on else "not held yet")
    yield ("lead", facts.lead)
    yield from (("team", facts.team), ("place", facts.place), ("areas", facts.areas), ("scope", facts.scope))
    if page.findings or page.can_audit:
        yield ("opinion", with_capital(facts.opinion.value) if facts.opinion else "")
        yield ("summary", facts.summary)
    if page.notes:
        yield ("internal notes", page.notes)


def _finding(card: FindingCard) -> tuple[Cell, ...]:
    row = card.row
    return (
        *(row.reference, row.title, row.grade.value, row.clause, row.fact, card.repeats, row.state.value, row.due_on),
        *(row.comment, row.answer, row.containment, row.root_cause, row.dispute, row.reason, row.closed_on),
    )


def _steps(card: FindingCard) -> Iterator[tuple[Cell, ...]]:
    for step in card.steps:
        item = step.item
        said = (item.said_done_on, item.evidence, item.done_on)
        yield (card.row.reference, item.reference, item.what, step.owner, item.due_on, *said)
