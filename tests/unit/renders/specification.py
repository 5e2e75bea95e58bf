"""What settles options to extend, change memos and rectification plans."""

from datetime import UTC, date, datetime
from typing import Any

from bot.access import ContractRef
from bot.domain.due_kinds import DueKind
from bot.domain.duties import Duty
from bot.domain.periods import Month
from bot.interactions import record_forms
from bot.models import (
    Decision,
    Document,
    DocumentKind,
    DocumentRecipient,
    DocumentVersion,
    Milestone,
    MilestoneKind,
    Party,
    VersionState,
)
from bot.services.contracts.contract_edit import ChangedContract
from bot.services.due.due_lines import DueLine
from bot.services.due.sources import source_of
from bot.services.specification.memos import MemoCard
from bot.services.specification.options import DecidedOption, OptionToDecide
from bot.services.specification.term_kinds import KINDS
from bot.services.specification.term_list import TermLine, TermList
from bot.services.specification.term_notice import TermNotice
from bot.services.specification.terms import Done, KeptTerm, TermEnd, TermForm
from tests.builders import contract, facts
from tests.unit.renders.common import DAYS, LARGE_CHANGES, LONG, NAME, TITLE, Context, Contexts, long_text, option
from tests.unit.renders.contracts import NOTICE
from tests.unit.renders.documents import INFORMS, prepared

MESSAGE_CONTEXTS: Contexts = {}
DUE = date(2027, 1, 18)


def also_due(kind: DueKind, what: str, *, late: bool = False) -> DueLine:
    return DueLine("WP-NE", what, DUE, late, source_of(kind).form, "key-of-a-record0")


MONDAY, LATER_END = date(2027, 1, 4), date(2031, 3, 31)
LARGE = facts(**LONG, partner=NAME)
SUBJECT = long_text(200).replace("\n", " ")
OTHERS = [
    also_due(DueKind.MEMO, "Change memo 3 to be acknowledged: Revised guidance", late=True),
    also_due(DueKind.PLAN, "Rectification plan, requested: Bring clearance back"),
    also_due(DueKind.OPTION, "Decide: extension of 24 months"),
]
MANY = [also_due(kind, SUBJECT * 2) for kind in (DueKind.OPTION, DueKind.MEMO, DueKind.PLAN)] * 6


def memo(
    number: int = 3,
    subject: str = "Revised guidance on job outcomes",
    acknowledged_on: date | None = None,
    **about: Any,  # noqa: ANN401  # facts of its contract
) -> MemoCard:
    document = Document(id=3, kind=DocumentKind.MEMO, number=number)
    at = datetime(2026, 12, 10, 12, tzinfo=UTC)
    version = DocumentVersion(id=3, document_id=3, state=VersionState.ISSUED, subject=subject, issued_at=at)
    recipient = DocumentRecipient(
        id=3, version_id=3, contract_id=1, acknowledge_by=date(2026, 12, 17), acknowledged_on=acknowledged_on
    )
    return MemoCard(document, version, recipient, about["contract"] if "contract" in about else facts(**about))


def decided(decision: Decision, on: date = MONDAY, **changes: Any) -> DecidedOption:  # noqa: ANN401  # as above
    """An option of a contract that is as long as it can be."""
    changed = None
    if decision is Decision.TAKEN:
        changed = ChangedContract(contract(end_date=LATER_END), {"end": ["31 March 2029", "31 March 2031"]})
    facts_of_it = {"option": option(decision=decision, decided_on=on), "contract": facts(), "changed": changed}
    return DecidedOption(**{**facts_of_it, **changes})


KEY = "key-of-a-record0"


def term_list(word: str, count: int = 2, **changes: Any) -> TermList:  # noqa: ANN401  # as above
    """A list of terms of this kind, on one page."""
    usual: dict[str, Any] = {
        "kind": KINDS[word],
        "contract": facts(),
        "lines": [TermLine(KEY, "Survey of advisers", [("Owed by", "partner"), ("Due on", "4 January 2027")])] * count,
        "number": 1,
        "found": count,
        "ended": 0,
        "shows_ended": False,
        "may_change": True,
    }
    return TermList(**{**usual, **changes})


def term_form(word: str, named: str = "", contract: ContractRef | None = None, **values: object) -> Context:
    """The form of a term, named so: a new one without a name."""
    kind = KINDS[word]
    form = TermForm(kind, contract or facts(), KEY, named, values, kind.fixed if named else ())
    return {"form": form, "inputs": record_forms.inputs(kind.record, values, {}, but=form.fixed)}


LONG_TERM = TermLine(
    KEY, long_text(200), [("Last figure rated Good", SUBJECT)] * 8, "ended on 4 January 2027", SUBJECT * 2
)
FULL_PAGE = {"number": 2, "found": 30, "ended": 9, "contract": LARGE}
MONTHS = [Month(2026, 12), Month(2027, 1)]
MESSAGE_CONTEXTS |= {
    "specification/terms": {
        "smallest": {"page": term_list("kpi", 0, may_change=False)},
        "usual": {"page": term_list("milestone", ended=1)},
        "ended": {"page": term_list("obligation", 1, ended=1, shows_ended=True)},
        "largest": {"page": term_list("option", 10, **{**FULL_PAGE, "lines": [LONG_TERM] * 10})},
    },
}
TOLD = prepared(INFORMS)
EXIT_PLAN = Milestone(
    contract_id=1,
    name="Exit plan",
    kind=MilestoneKind.DELIVERABLE,
    owed_by=Party.PARTNER,
    due_on=date(2028, 9, 29),
    rule="6 months before 31 March 2029",
)
DUTIES = [
    Duty(name="Contract termination notice (UK11)", due=date(2031, 4, 29), rule="A", met=None, confirmed=False),
    Duty(name="Contract performance notice (UK9)", due=None, rule="A", met=None, confirmed=False),
]
FORM: Context = {**DAYS, "in_window": False}
VIEW_CONTEXTS: Contexts = {
    "specification/term_form": {
        **{f"new_{word}": term_form(word) for word in KINDS},
        **{f"change_{word}": term_form(word, "Survey of advisers", name="Survey of advisers") for word in KINDS},
        "smallest": term_form("option"),
        "usual": term_form("milestone", "Survey of advisers", name="Survey of advisers", owed_by="partner"),
        "largest": term_form("kpi", TITLE, LARGE, name=TITLE, definition=long_text(1000)),
    },
    "specification/term_end_form": {
        **{word: {"form": TermEnd(KINDS[word], facts(), KEY, "Survey of advisers"), **DAYS} for word in KINDS},
        "smallest": {"form": TermEnd(KINDS["option"], facts(), KEY, "A"), **DAYS},
        "usual": {"form": TermEnd(KINDS["kpi"], facts(), KEY, "starts", MONTHS), **DAYS},
        "largest": {"form": TermEnd(KINDS["obligation"], LARGE, KEY, long_text(200)), **DAYS},
    },
    "specification/term_done": {
        "smallest": {"kept": KeptTerm(KINDS["kpi"], facts(), "starts", Done.CHANGED)},
        "usual": {
            "kept": KeptTerm(KINDS["milestone"], facts(), "Survey", Done.CHANGED, {"due on": ["nothing", "today"]})
        },
        "told": {"kept": KeptTerm(KINDS["kpi"], facts(), "starts", Done.ADDED, notice=TermNotice(2))},
        "not_told": {"kept": KeptTerm(KINDS["kpi"], facts(), "starts", Done.ADDED, notice=TermNotice(0, SUBJECT))},
        "added": {"kept": KeptTerm(KINDS["option"], facts(), "Extension of 24 months", Done.ADDED)},
        "ended": {
            "kept": KeptTerm(KINDS["kpi"], facts(), "starts", Done.ENDED, {"last month": ["nothing", "May 2027"]})
        },
        "largest": {"kept": KeptTerm(KINDS["obligation"], LARGE, long_text(200), Done.CHANGED, LARGE_CHANGES)},
    },
    "specification/option_form": {
        "smallest": {"asked": OptionToDecide(option(name="A", months=1), contract(title="B"), LATER_END), **FORM},
        "usual": {"asked": OptionToDecide(option(), contract(), LATER_END, may_tell=True), **FORM},
        "largest": {"asked": OptionToDecide(option(name=TITLE, months=240), contract(**LONG), LATER_END, True), **FORM},
    },
    "specification/option_decided": {
        "smallest": {"done": decided(Decision.DECLINED), "others": []},
        "usual": {"done": decided(Decision.TAKEN), "others": OTHERS},
        "followed": {
            "done": decided(
                Decision.TAKEN,
                moved=[(option(name="Second extension", decide_by=date(2030, 9, 30)), date(2028, 9, 29))],
                unmoved=[option(name="Third extension", decide_by=date(2030, 3, 29))],
                told=TOLD,
                left=[EXIT_PLAN],
                changed=ChangedContract(contract(light_touch=False, end_date=LATER_END), {}, duties=DUTIES),
            ),
            "others": [],
        },
        "late": {"done": decided(Decision.TAKEN, date(2028, 10, 2)), "others": []},
        "largest": {
            "done": decided(
                Decision.TAKEN,
                date(2028, 10, 2),
                option=option(name=TITLE, decision=Decision.TAKEN, decided_on=date(2028, 10, 2)),
                contract=LARGE,
                changed=ChangedContract(contract(**LONG), {}, NOTICE, duties=DUTIES * 4),
                moved=[(option(name=TITLE), DUE)] * 9,
                unmoved=[option(name=TITLE)] * 9,
                left=[EXIT_PLAN.model_copy(update={"name": TITLE})] * 9,
                told=TOLD,
            ),
            "others": MANY,
        },
    },
    "specification/memo_form": {
        "smallest": {"card": memo(number=1, subject="A", title="B", partner="C"), **FORM},
        "usual": {"card": memo(), **FORM},
        "in_window": {"card": memo(), **DAYS, "in_window": True},
        "largest": {"card": memo(9999, SUBJECT, contract=LARGE), **FORM},
    },
    "specification/memo_acknowledged": {
        "smallest": {"card": memo(acknowledged_on=MONDAY), "others": []},
        "usual": {"card": memo(acknowledged_on=MONDAY), "others": OTHERS},
        "largest": {"card": memo(9999, acknowledged_on=MONDAY, contract=LARGE), "others": MANY},
    },
}
