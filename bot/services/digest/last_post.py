"""Storing the content of each summary, so that a later one can be compared with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from bot.db import insert, insert_all
from bot.domain.london import london
from bot.models import Channel, DigestLine, DigestPost
from bot.services.digest.dated_items import DatedItem, Scope
from bot.services.progress.standings import ContractStanding
from bot.services.unit_of_work import UnitOfWork

MOST_OF_A_WHY = 600

PostLine = Mapping[str, object]  # the columns of a DigestLine


@dataclass(frozen=True)
class LastPost:
    """An earlier summary: when it was posted, and its line for each contract."""

    posted_at: datetime
    lines: Mapping[int, DigestLine]

    @property
    def day(self) -> date:
        """The day it was posted, in London."""
        return london(self.posted_at).date()


def last_post(work: UnitOfWork, channel: str, scope: Scope) -> LastPost | None:
    """The last weekly summary with the same scope in a channel; summaries that somebody asked for do not count."""
    post = work.session.scalar(
        select(DigestPost)
        .where(
            col(DigestPost.channel) == channel,
            col(DigestPost.contract_id).is_not_distinct_from(scope.contract.id if scope.contract else None),
            col(DigestPost.audience) == scope.audience,
            col(DigestPost.due_at).is_not(None),
        )
        .order_by(col(DigestPost.id).desc())
        .limit(1)
    )
    if post is None:
        return None
    lines = work.session.scalars(select(DigestLine).where(col(DigestLine.post_id) == post.id))
    return LastPost(post.posted_at, {line.contract_id: line for line in lines})


def post_lines(
    standings: Sequence[ContractStanding],
    risks: Mapping[int, Mapping[str, int]],
    late: Mapping[str, Sequence[DatedItem]],
) -> Sequence[PostLine]:
    """The lines of a summary to store, one for each contract. `risks` are the scores that it may show, by contract and
    risk; `late` what it says to be late, by the contract's reference."""
    return [
        {
            "contract_id": each.contract.id,
            "period": each.reports[0].period if each.reports else None,
            "rating": each.rating,
            "accepted": bool(each.reports) and each.reports[0].accepted,
            "why": each.why[:MOST_OF_A_WHY],
            "risks": risks.get(each.contract.id, {}),
            "late": [item.key for item in late.get(each.contract.reference, ())],
        }
        for each in standings
    ]


def store_post(
    work: UnitOfWork, channel: Channel, due: datetime | None, headline: str, lines: Sequence[PostLine]
) -> int:
    """Store a posted summary; returns its id."""
    post_id = insert(
        work.session,
        DigestPost,
        channel=channel.slack,
        contract_id=channel.contract_id,
        audience=channel.audience,
        due_at=due,
        posted_at=work.now,
        headline=headline,
    )
    insert_all(work.session, DigestLine, [{**line, "post_id": post_id} for line in lines])
    return post_id
