"""A change of stage: asking for a new assessment of every open risk of the contract, and tracking it to the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import insert_all
from bot.delivery.outbox import OutgoingMessage
from bot.domain.scores import Grade, order
from bot.errors import UserError
from bot.models import Audience, Reassessment, Risk, RiskStatus, RoleName, Stage, StageReview
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import rules_in_force
from bot.services.unit_of_work import ActorContext, UnitOfWork

_MANAGING = (RoleName.CONTRACT_MANAGER, RoleName.HEAD)


@dataclass(frozen=True)
class ToReassess:
    """A risk that was open when the stage changed; `done`: it was assessed again, happened or was closed."""

    risk: Risk
    grade: Grade | None
    done: bool


@dataclass(frozen=True)
class StageProgress:
    """The progress of reassessing a contract's risks in its new stage, the open ones first."""

    contract: ContractRef
    review: StageReview
    risks: Sequence[ToReassess]

    @property
    def done(self) -> int:
        """The number of risks that are done."""
        return sum(each.done for each in self.risks)

    @property
    def moved_on(self) -> bool:
        """Whether another change of stage replaced this one before all risks were done."""
        return self.review.ended_at is not None and self.done < len(self.risks)


def ask_to_reassess(ctx: ActorContext, contract: ContractRef, stage: Stage) -> int:
    """Ask for a new assessment of every open risk of a contract that changed its stage; returns their number. Raises
    `Denied`.

    This replaces the request of an earlier change, whose message then says so.
    """
    ctx.require(Permission.CHANGE, contract)
    _end_earlier(ctx, contract)
    open_ones = select(col(Risk.id)).where(col(Risk.contract_id) == contract.id, col(Risk.status) == RiskStatus.OPEN)
    ids = ctx.session.scalars(open_ones.order_by(col(Risk.id))).all()
    if not ids:
        return 0
    review = StageReview(contract_id=contract.id, stage=stage, asked_at=ctx.now)
    ctx.add(review)
    insert_all(ctx.session, Reassessment, [{"stage_review_id": review.id, "risk_id": each} for each in ids])
    ctx.record("risks to reassess", contract.reference, contract_id=contract.id, stage=stage.value, risks=len(ids))
    manager = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, *_MANAGING)
    if manager is not None:
        message = ctx.messages.message("risks/stage_review", progress=_progress(ctx, contract, review))
        why = f"{contract.reference} moved to {stage}"
        ctx.enqueue(OutgoingMessage(_key(review), manager.slack, Audience.INTERNAL, message, why, contract.id))
    return len(ids)


def stage_progress(ctx: ActorContext, typed: str) -> StageProgress:
    """The progress after a contract's latest change of stage. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    latest = (
        select(StageReview)
        .where(col(StageReview.contract_id) == contract.id)
        .order_by(col(StageReview.id).desc())
        .limit(1)
    )
    review = ctx.session.scalar(latest)
    if review is None:
        raise UserError(
            f"{contract.reference} has not moved to another stage with open risks, so there is nothing to follow. "
            f"To move it: /contract stage {contract.reference}."
        )
    return _progress(ctx, contract, review)


def mark_reassessed(work: UnitOfWork, risk: Risk, contract: ContractRef) -> None:
    """Mark a risk as done in the requests that a change of stage made for it."""
    reviews = work.session.scalars(
        update(Reassessment)
        .where(
            col(Reassessment.risk_id) == risk.id,
            col(Reassessment.done_at).is_(None),
            col(Reassessment.stage_review_id).in_(_under_way(contract)),
        )
        .values(done_at=work.now)
        .returning(col(Reassessment.stage_review_id))
    ).all()
    for review_id in reviews:
        review = work.session.get_one(StageReview, review_id)
        progress = _progress(work, contract, review)
        if progress.done == len(progress.risks):
            review.ended_at = work.now
        _update(work, progress, f"{risk.reference} was assessed again")


def _end_earlier(work: UnitOfWork, contract: ContractRef) -> None:
    for review in work.session.scalars(select(StageReview).where(col(StageReview.id).in_(_under_way(contract)))).all():
        review.ended_at = work.now
        _update(work, _progress(work, contract, review), f"{contract.reference} moved on")


def _under_way(contract: ContractRef) -> Select[int]:
    return select(col(StageReview.id)).where(
        col(StageReview.contract_id) == contract.id, col(StageReview.ended_at).is_(None)
    )


def _update(work: UnitOfWork, progress: StageProgress, why: str) -> None:
    key = _key(progress.review)
    work.replace(key, work.next_key(key), work.messages.message("risks/stage_review", progress=progress), why)


def _progress(work: UnitOfWork, contract: ContractRef, review: StageReview) -> StageProgress:
    rules = rules_in_force(work.session)
    rows = work.session.execute(
        select(Risk, col(Reassessment.done_at))
        .join(Reassessment, col(Reassessment.risk_id) == col(Risk.id))
        .where(col(Reassessment.stage_review_id) == review.id)
    )
    risks = [
        ToReassess(risk, rules.grade_if_any(risk.likelihood, risk.impact), done_at is not None)
        for risk, done_at in rows
    ]
    return StageProgress(contract, review, sorted(risks, key=lambda each: (each.done, order(each.grade), each.risk.id)))


def _key(review: StageReview) -> str:
    return f"stage-review-{review.id}"
