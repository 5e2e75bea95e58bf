"""What somebody typed and did not send yet: kept for them alone, until it is sent or two weeks have gone."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from bot.db import by_key, locking
from bot.delivery.messages import View
from bot.errors import UserError
from bot.models import FormDraft
from bot.services.unit_of_work import ActorContext, UnitOfWork

KEPT_FOR = timedelta(days=14)


def keep(
    ctx: ActorContext, form: str, subject: str, entered: Mapping[str, str], *, shown_as: str = "", since: int = 0
) -> FormDraft:
    """Keep what the actor entered in a form about a subject, in place of what was kept of it before."""
    forget_old(ctx)
    row = kept(ctx, form, subject)
    if row is None:
        row = FormDraft(person_id=ctx.actor.person_id, form=form, subject=subject, entered={}, at=ctx.now)
        ctx.session.add(row)
    row.entered, row.at, row.view, row.shown_as, row.since = dict(entered), ctx.now, None, shown_as, since
    ctx.session.flush()
    return row


def kept(ctx: ActorContext, form: str, subject: str) -> FormDraft | None:
    """What the actor entered in a form and did not send, which nobody else can send meanwhile."""
    found = select(FormDraft).where(
        col(FormDraft.person_id) == ctx.actor.person_id,
        col(FormDraft.form) == form,
        col(FormDraft.subject) == subject,
        col(FormDraft.at) > ctx.now - KEPT_FOR,
    )
    return ctx.session.scalar(locking(ctx.session, found), execution_options={"populate_existing": True})


def forget(ctx: ActorContext, form: str, subject: str) -> None:
    """It was sent, or the actor begins anew."""
    row = kept(ctx, form, subject)
    if row is not None:
        ctx.session.delete(row)
        ctx.session.flush()


def forget_old(work: UnitOfWork) -> None:
    """What was kept for two weeks is kept no longer."""
    work.session.execute(delete(FormDraft).where(col(FormDraft.at) <= work.now - KEPT_FOR))


def set_aside(ctx: ActorContext, form: str, subject: str, view: View) -> FormDraft | None:
    """What the actor entered in a form that opens again, if it was kept; the form waits until they have chosen."""
    row = kept(ctx, form, subject)
    if row is not None:
        row.view = view
        ctx.session.flush()
    return row


def chosen(ctx: ActorContext, key: str) -> FormDraft:
    """What was kept of the form that the actor was offered. NoLongerKept."""
    row = by_key(ctx.session, FormDraft, key)
    if row is None or row.person_id != ctx.actor.person_id or row.view is None:
        raise UserError(
            "What you had typed is kept no longer: it was sent, or two weeks have gone. Open the form anew."
        )
    return row


def version(row: FormDraft) -> str:
    """What a button carries, so that nothing is sent that was not shown."""
    return hashlib.sha256(json.dumps(row.entered, sort_keys=True).encode()).hexdigest()[:16]
