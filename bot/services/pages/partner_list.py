"""What is open on a contract between its partner and the department, as both may read it.

The classes have no internal fields that could leak: no risks, options, contacts, drafts or reasons.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import FACTS, ContractRef, Permission
from bot.db import table
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.due_kinds import DueKind
from bot.domain.london import london
from bot.domain.periods import Month
from bot.models import Audience, Contract, Kpi, KpiTarget, MoreTime, Party, Reading, Report, ReportDecision
from bot.policy import partner_may
from bot.scopes import on_contracts
from bot.services.due.open_items import open_items, still_open
from bot.services.due.selection import DueBetween
from bot.services.due.source import DueForm, DueItem
from bot.services.due.sources import source_of
from bot.services.due.sources.documents import ACKNOWLEDGE
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.kpis import KpiInPeriod, holds_in
from bot.services.progress.kpi_history import KpiLine, figure_seen
from bot.services.unit_of_work import ActorContext, UnitOfWork

MOST_CONTRACTS = 3  # of one person, in one answer


@dataclass(frozen=True)
class Limits:
    """How many lines of each part are shown, so that all of it fits in one message."""

    owed: int
    waiting: int
    told: int
    rated: int


PINNED, ALONE, AMONG_OTHERS = Limits(8, 5, 6, 8), Limits(15, 10, 8, 24), Limits(3, 2, 2, 4)


@dataclass(frozen=True)
class OpenLine:
    """Something that is open: its day, which is the day it is due or, with `since`, the day from which it waits.

    `form` is the form or act that settles it, if a partner's contact has one; `key` is what its button carries.
    """

    what: str
    on: date
    late: bool = False
    since: bool = False
    note: str = ""
    form: DueForm | None = None
    key: str = ""


@dataclass(frozen=True)
class PartnerList:
    """What is open on a contract: what its partner owes, what waits for the department, what the partner was told and
    has not acknowledged, and the ratings of the last accepted report, which is of `period`. `whole` is the list without
    a limit, where lines were left out."""

    contract: ContractRef
    owed: Sequence[OpenLine] = ()
    waiting: Sequence[OpenLine] = ()
    told: Sequence[OpenLine] = ()
    rated: Sequence[KpiLine] = ()
    period: str = ""
    whole: "PartnerList | None" = None

    def within(self, limits: Limits) -> "PartnerList":
        """As much of it as these limits allow."""
        short = replace(
            self,
            owed=self.owed[: limits.owed],
            waiting=self.waiting[: limits.waiting],
            told=self.told[: limits.told],
            rated=self.rated[: limits.rated],
        )
        return short if short == self else replace(short, whole=self)

    @property
    def more(self) -> int:
        """How many lines were left out."""
        return 0 if self.whole is None else self.whole._lines - self._lines

    @property
    def _lines(self) -> int:
        return len(self.owed) + len(self.waiting) + len(self.told) + len(self.rated)

    @property
    def counts(self) -> Mapping[str, int]:
        """How much of each there is, whether or not it is shown."""
        whole = self.whole or self
        return {
            "owed": len(whole.owed),
            "late": sum(line.late for line in whole.owed),
            "waiting": len(whole.waiting),
            "told": len(whole.told),
        }


def partner_lists(work: UnitOfWork, contracts: Collection[int]) -> Sequence[PartnerList]:
    """The lists of these contracts, by reference. A constant number of queries for each kind of item."""
    of_them = table(Contract).c.id.in_(contracts)
    items = _by_contract(open_items(work, on_contracts(contracts), DueBetween(), Audience.SHARED))
    undecided, rated = _undecided(work, contracts), _rated(work, contracts)
    rows = work.session.connection().execute(FACTS.where(of_them).order_by(table(Contract).c.reference))
    return [
        _list(work.today, ContractRef(*row), items[row.id], undecided[row.id], *rated.get(row.id, ((), "")))
        for row in rows
    ]


@dataclass(frozen=True)
class OwnLists:
    """The lists of a person's first contracts, and how many more contracts they have."""

    lists: Sequence[PartnerList]
    more: int = 0


def own_lists(ctx: ActorContext) -> OwnLists:
    """The lists of the contracts whose partner's view the actor may see."""
    return _of(ctx, ctx.contracts_open_to(Permission.SEE, Audience.SHARED))


def lists_in(ctx: ActorContext, slack_channel: str) -> OwnLists:
    """The list of a channel's contract, if it is one of those; else all of them."""
    own = ctx.contracts_open_to(Permission.SEE, Audience.SHARED)
    here = contract_lookup.reference_of_channel(ctx.session, slack_channel)
    return _of(ctx, [each for each in own if each.reference == here] or own)


def list_of_button(ctx: ActorContext, key: str) -> PartnerList:
    """The whole list of the contract that a button names. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.SEE, Audience.SHARED)
    (found,) = partner_lists(ctx, [contract.id])
    return found.within(ALONE)


def send_own(ctx: ActorContext, key: str, message: Message) -> bool:
    """Send the actor what is open for them as a direct message; returns whether it can be sent. To a partner's person
    it goes as a message about a contract of theirs."""
    audience = Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED
    own = ctx.contracts_open_to(Permission.SEE, Audience.SHARED)
    if audience is Audience.SHARED and not own:
        return False
    about = own[0].id if audience is Audience.SHARED else None
    ctx.enqueue(OutgoingMessage(key, ctx.actor.slack, audience, message, "you wrote to Liaison", about))
    return True


def _of(ctx: ActorContext, own: Sequence[ContractRef]) -> OwnLists:
    shown = own[:MOST_CONTRACTS]
    lists = partner_lists(ctx, [each.id for each in shown])
    limits = ALONE if len(lists) == 1 else AMONG_OTHERS
    return OwnLists([each.within(limits) for each in lists], len(own) - len(shown))


def pinned_message(work: UnitOfWork, contract_id: int) -> Message:
    """The pinned message of a contract as it is now."""
    (found,) = partner_lists(work, [contract_id])
    return work.messages.message("partners/pinned", list=found.within(PINNED))


def _list(
    today: date,
    contract: ContractRef,
    items: Sequence[DueItem],
    undecided: Sequence[OpenLine],
    rated: Sequence[KpiLine],
    period: str,
) -> PartnerList:
    lines = [(item, _line(today, item)) for item in items]
    return PartnerList(
        contract,
        owed=[line for item, line in lines if _is_owed(item)],
        waiting=[*undecided, *(line for item, line in lines if item.owed_by is Party.DEPARTMENT)],
        told=[line for item, line in lines if _is_told(item)],
        rated=rated,
        period=period,
    )


def _is_told(item: DueItem) -> bool:
    """Whether the partner was told something and is to acknowledge it."""
    return ACKNOWLEDGE in source_of(item.kind).buttons


def _is_owed(item: DueItem) -> bool:
    """Whether the partner is to do something else; what it said to be done waits for the department."""
    return item.owed_by is Party.PARTNER and item.is_to_settle and not _is_told(item)


def _line(today: date, item: DueItem) -> OpenLine:
    is_theirs = item.owed_by is Party.PARTNER and item.key != "" and not item.closed_by_another
    button = next(filter(_is_for_partners, source_of(item.kind).buttons), None) if is_theirs else None
    what = item.in_a_list if item.owner_id else item.what  # whose it is stands above it, but for a person's
    key = item.key if button else ""
    return OpenLine(what, item.due_on, item.is_late(today), note=item.note, form=button, key=key)


def _is_for_partners(form: DueForm) -> bool:
    return form.audience is Audience.SHARED and any(map(partner_may, form.who))


def _undecided(work: UnitOfWork, contracts: Collection[int]) -> Mapping[int, Sequence[OpenLine]]:
    """What the partner sent and asked, and the department has not decided on, by contract."""
    found = defaultdict[int, list[OpenLine]](list)
    reports = work.session.execute(
        select(
            col(Report.contract_id), col(Report.period), func.coalesce(col(Report.revised_at), col(Report.received_at))
        )
        .where(col(Report.contract_id).in_(contracts), col(Report.received_at).is_not(None))
        .where(col(Report.decision).is_(None))
        .order_by(col(Report.period))
    )
    for contract_id, period, at in reports:
        what = f"Report for {Month.parse(period)}: to be accepted or queried"
        found[contract_id].append(OpenLine(what, london(at).date(), since=True))
    for row in _asked_for(work, contracts):
        what = f"More time for {row.what}: to be agreed or refused"
        found[row.contract_id].append(OpenLine(what, london(row.asked_at).date(), since=True))
    return found


def _asked_for(work: UnitOfWork, contracts: Collection[int]) -> Sequence[MoreTime]:
    """The undecided requests for more time for what the partner owes and may know of, the oldest first."""
    waits = (col(MoreTime.contract_id).in_(contracts), col(MoreTime.decided_at).is_(None))
    rows = work.session.scalars(select(MoreTime).where(*waits).order_by(col(MoreTime.id))).all()
    by_kind = defaultdict[DueKind, list[int]](list)
    for row in rows:
        by_kind[row.kind].append(row.subject_id)
    theirs = {
        (kind, item.subject_id)
        for kind, ids in by_kind.items()
        for item in still_open(work, kind, ids)
        if item.owed_by is Party.PARTNER and item.audience is Audience.SHARED
    }
    return [row for row in rows if (row.kind, row.subject_id) in theirs]


def _rated(work: UnitOfWork, contracts: Collection[int]) -> Mapping[int, tuple[Sequence[KpiLine], str]]:
    """The ratings of the last accepted report of each contract, and its period. One query."""
    last = (
        select(col(Report.contract_id), func.max(col(Report.period)).label("period"))
        .where(col(Report.contract_id).in_(contracts), col(Report.decision) == ReportDecision.ACCEPTED)
        .group_by(col(Report.contract_id))
        .subquery()
    )
    rows = work.session.execute(
        select(Reading, Kpi, KpiTarget, col(Report.contract_id), col(Report.period), col(Report.decision))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .join(last, (last.c.contract_id == col(Report.contract_id)) & (last.c.period == col(Report.period)))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(col(Report.period)))
        .order_by(col(Kpi.id))
    )
    found = defaultdict[int, list[KpiLine]](list)
    periods: dict[int, str] = {}
    for reading, kpi, target, contract_id, period, decision in rows:
        then = KpiInPeriod.of(kpi, target)
        found[contract_id].append(KpiLine(then, [figure_seen(then, reading, period, decision, inside=False)]))
        periods[contract_id] = str(Month.parse(period))
    return {contract_id: (lines, periods[contract_id]) for contract_id, lines in found.items()}


def _by_contract(items: Iterable[DueItem]) -> Mapping[int, list[DueItem]]:
    found = defaultdict[int, list[DueItem]](list)
    for item in sorted(items, key=lambda item: (item.due_on, item.in_a_list)):
        found[item.contract_id].append(item)
    return found
