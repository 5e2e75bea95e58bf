"""Drafts of forms: offering what a person typed and did not send when they open the same form again."""

from bot.interactions.form_state import filled
from bot.interactions.payloads import Click, stamped
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services import drafts
from bot.services.unit_of_work import ActorContext


def register(router: Router) -> None:
    """Register the two buttons of the offer."""
    router.on_click("form_draft_go_on", reads(go_on))
    router.on_click("form_draft_begin_anew", writes(begin_anew))


def go_on(ctx: ActorContext, click: Click) -> Response:
    """Show the form with the draft; changes made since it was first opened are edit conflicts."""
    row = drafts.offered(ctx, click.record_key)
    form = stamped(filled(row.view or {}, row.entered), row.since)
    return Response(form=form, in_place=True)


def begin_anew(ctx: ActorContext, click: Click) -> Response:
    """Show the form without the draft, and discard it."""
    row = drafts.offered(ctx, click.record_key)
    drafts.discard(ctx, row.form, row.subject)
    return Response(form=row.view, in_place=True)
