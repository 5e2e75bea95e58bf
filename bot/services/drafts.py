"""Form drafts: what somebody typed and did not send, stored for them alone until they send it or for two weeks."""

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


def save(
    ctx: ActorContext, form: str, subject: str, entered: Mapping[str, str], *, shown_as: str = "", since: int = 0
) -> FormDraft:
    """Save what the actor entered in a form about a subject, in place of an earlier draft."""
    discard_old(ctx)
    row = find(ctx, form, subject)
    if row is None:
        row = FormDraft(person_id=ctx.actor.person_id, form=form, subject=subject, entered={}, at=ctx.now)
        ctx.session.add(row)
    row.entered, row.at, row.view, row.shown_as, row.since = dict(entered), ctx.now, None, shown_as, since
    ctx.session.flush()
    return row


def find(ctx: ActorContext, form: str, subject: str) -> FormDraft | None:
    """The actor's draft of a form about a subject, locked; None if there is none."""
    found = select(FormDraft).where(
        col(FormDraft.person_id) == ctx.actor.person_id,
        col(FormDraft.form) == form,
        col(FormDraft.subject) == subject,
        col(FormDraft.at) > ctx.now - KEPT_FOR,
    )
    return ctx.session.scalar(locking(ctx.session, found), execution_options={"populate_existing": True})


def discard(ctx: ActorContext, form: str, subject: str) -> None:
    """Delete the draft, because the form was sent or the actor starts again."""
    row = find(ctx, form, subject)
    if row is not None:
        ctx.session.delete(row)
        ctx.session.flush()


def discard_old(work: UnitOfWork) -> None:
    """Delete the drafts that are two weeks old."""
    work.session.execute(delete(FormDraft).where(col(FormDraft.at) <= work.now - KEPT_FOR))


def set_aside(ctx: ActorContext, form: str, subject: str, view: View) -> FormDraft | None:
    """The actor's draft of a form that opens again, if there is one; stores the view until they choose between the
    two."""
    row = find(ctx, form, subject)
    if row is not None:
        row.view = view
        ctx.session.flush()
    return row


def offered(ctx: ActorContext, key: str) -> FormDraft:
    """The draft that the actor was offered. Raises `UserError`."""
    row = by_key(ctx.session, FormDraft, key)
    if row is None or row.person_id != ctx.actor.person_id or row.view is None:
        raise UserError("Your draft is gone: it was sent, or two weeks have passed. Open the form again.")
    return row


def version(row: FormDraft) -> str:
    """The version that a button carries, so that only a draft that was shown is used."""
    return hashlib.sha256(json.dumps(row.entered, sort_keys=True).encode()).hexdigest()[:16]
