"""Forms and their entries: reading the entries, and putting them into the same form when it opens again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.delivery.messages import View
from bot.interactions.payloads import Click, Request, carried, is_stamped, stamped
from bot.interactions.response import Response
from bot.services import drafts, edit_conflicts
from bot.services.unit_of_work import ActorContext

Element = dict[str, Any]
_LONGEST_OPTION = 75  # docs.slack.dev/reference/block-kit/composition-objects/option-object


def name_of(view: View) -> tuple[str, str]:
    """A form's name, and the record that it is about: the first word of its metadata, "" for none."""
    return view.get("callback_id", ""), next(iter(carried(view).split()), "")


def stamped_form(ctx: ActorContext, view: View) -> View:
    """A form stamped with the present audit entry; a view that is not a form, or is stamped already, unchanged."""
    return stamped(view, edit_conflicts.last_entry(ctx.session)) if "submit" in view and not is_stamped(view) else view


def has_draft(ctx: ActorContext, view: View) -> bool:
    """Whether the actor has an unsent draft of a form."""
    return "submit" in view and drafts.find(ctx, *name_of(view)) is not None


def draft_choice(ctx: ActorContext, view: View) -> View:
    """The view that offers the actor's draft of a form; the form itself waits until they have chosen."""
    row = drafts.set_aside(ctx, *name_of(view), view)
    if row is None:  # the draft was sent a moment ago, from another device
        return view
    title: str = view["title"]["text"]
    return ctx.messages.view("forms/draft", kept=row, title=title, days=drafts.KEPT_FOR.days)


def filled(view: View, entered: Mapping[str, str]) -> View:
    """The form with the entries in its fields; an entry that its field no longer offers is left out."""
    return {**view, "blocks": [_filled(block, entered) for block in view["blocks"]]}


def _filled(block: Element, entered: Mapping[str, str]) -> Element:
    if block["type"] != "input" or block.get("block_id") not in entered:
        return block
    element = {name: part for name, part in block["element"].items() if not name.startswith("initial_")}
    return {**block, "element": element | _initial(element, entered[block["block_id"]])}


def _initial(element: Element, entered: str) -> Element:
    """The initial value of an element of this kind (docs.slack.dev/reference/block-kit/block-elements)."""
    several = [each for each in entered.split(",") if each]
    groups = [{"options": element.get("options", ())}, *element.get("option_groups", ())]
    offered = [option for group in groups for option in group["options"]]
    chosen = [option for option in offered if option["value"] in several]
    begins: Element
    match element["type"]:
        case "plain_text_input" | "url_text_input":
            begins = {"initial_value": entered[: element.get("max_length", len(entered))]}
        case "datepicker":
            begins = {"initial_date": entered}
        case "timepicker":
            begins = {"initial_time": entered}
        case "users_select":
            begins = {"initial_user": entered}
        case "multi_users_select":
            begins = {"initial_users": several}
        case "static_select" | "radio_buttons":
            exact = [option for option in offered if option["value"] == entered]
            begins = {"initial_option": exact[0]} if exact else {}
        case "external_select":  # what it offered is not here: its values can be read
            label = {**element["placeholder"], "text": entered[:_LONGEST_OPTION]}
            begins = {"initial_option": {"text": label, "value": entered}} if entered else {}
        case _:
            begins = {"initial_options": chosen}
    return {name: begun for name, begun in begins.items() if begun}


def ready_to_open(ctx: ActorContext, request: Request, response: Response) -> Response:
    """The response, with its form ready to open. If the actor has a draft of the form, a write of its own opens the
    choice to go on with the draft instead."""
    if response.form is not None and response.in_place and isinstance(request, Click) and request.since:
        return replace(response, form=stamped(response.form, request.since))  # the same form with other content
    view = response.form or response.ack.get("view")
    if not isinstance(view, dict) or is_stamped(view):
        return response
    form = stamped_form(ctx, view)
    if response.offers and has_draft(ctx, form):
        return Response(further=lambda ctx: _with_form(response, draft_choice(ctx, form)))
    return _with_form(response, form)


def _with_form(response: Response, view: View) -> Response:
    if response.form is not None:
        return replace(response, form=view)
    return replace(response, ack={**response.ack, "view": view})
