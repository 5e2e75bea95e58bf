"""What somebody typed and did not send yet: kept for them alone, until it is sent or two weeks have gone."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from bot.errors import UserError
from bot.messages import View
from bot.models import KeptForm
from bot.services.work import Act, Work

KEPT_FOR = timedelta(days=14)


class NoLongerKept(UserError):
    """The offer is of something that was sent meanwhile, or that nobody kept."""

    def __init__(self) -> None:
        super().__init__(
            "What you had typed is kept no longer: it was sent, or two weeks have gone. Open the form anew."
        )


def keep(
    act: Act, form: str, subject: str, entered: Mapping[str, str], *, shown_as: str = "", since: int = 0
) -> KeptForm:
    """Keep what the actor entered in a form about a subject, in place of what was kept of it before."""
    forget_old(act)
    row = kept(act, form, subject)
    if row is None:
        row = KeptForm(person_id=act.actor.person_id, form=form, subject=subject, entered={}, at=act.now)
        act.session.add(row)
    row.entered, row.at, row.view, row.shown_as, row.since = dict(entered), act.now, None, shown_as, since
    act.session.flush()
    return row


def kept(act: Act, form: str, subject: str) -> KeptForm | None:
    """What the actor entered in a form and did not send, which nobody else can send meanwhile."""
    return act.session.scalar(
        select(KeptForm)
        .where(
            col(KeptForm.person_id) == act.actor.person_id,
            col(KeptForm.form) == form,
            col(KeptForm.subject) == subject,
            col(KeptForm.at) > act.now - KEPT_FOR,
        )
        .with_for_update(),
        execution_options={"populate_existing": True},
    )


def forget(act: Act, form: str, subject: str) -> None:
    """It was sent, or the actor begins anew."""
    row = kept(act, form, subject)
    if row is not None:
        act.session.delete(row)
        act.session.flush()


def forget_old(work: Work) -> None:
    """What was kept for two weeks is kept no longer."""
    work.session.execute(delete(KeptForm).where(col(KeptForm.at) <= work.now - KEPT_FOR))


def set_aside(act: Act, form: str, subject: str, view: View) -> KeptForm | None:
    """What the actor entered in a form that opens again, if it was kept; the form waits until they have chosen."""
    row = kept(act, form, subject)
    if row is not None:
        row.view = view
        act.session.flush()
    return row


def chosen(act: Act, row_id: int) -> KeptForm:
    """What was kept of the form that the actor was offered. NoLongerKept."""
    row = act.session.get(KeptForm, row_id)
    if row is None or row.person_id != act.actor.person_id or row.view is None:
        raise NoLongerKept
    return row


def version(row: KeptForm) -> str:
    """What a button carries, so that nothing is sent that was not shown."""
    return hashlib.sha256(json.dumps(row.entered, sort_keys=True).encode()).hexdigest()[:16]
