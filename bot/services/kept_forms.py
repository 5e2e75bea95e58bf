"""What somebody typed and did not send yet: kept for them alone, until it is sent or two weeks have gone."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from bot.models import KeptForm
from bot.services.work import Act

KEPT_FOR = timedelta(days=14)


def keep(act: Act, form: str, subject: str, entered: Mapping[str, str], shown_as: str = "") -> KeptForm:
    """Keep what the actor entered in a form about a subject, in place of what was kept of it before."""
    act.session.execute(delete(KeptForm).where(col(KeptForm.at) <= act.now - KEPT_FOR))
    row = kept(act, form, subject)
    if row is None:
        row = KeptForm(person_id=act.actor.person_id, form=form, subject=subject, entered={}, at=act.now)
        act.session.add(row)
    row.entered, row.at, row.view, row.shown_as = dict(entered), act.now, None, shown_as
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


def version(row: KeptForm) -> str:
    """What a button carries, so that nothing is sent that was not shown."""
    return hashlib.sha256(json.dumps(row.entered, sort_keys=True).encode()).hexdigest()[:16]
