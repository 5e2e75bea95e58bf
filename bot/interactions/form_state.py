"""A form as values and back: what somebody entered in one, put into the same form when it opens again."""

from collections.abc import Mapping
from typing import Any

from bot.delivery.messages import View
from bot.interactions.payloads import carried, is_stamped, stamped
from bot.services import drafts, edit_conflicts
from bot.services.unit_of_work import ActorContext

Element = dict[str, Any]


def name_of(view: View) -> tuple[str, str]:
    """What a form is, and the record that it is about: the first word that it carries, "" for none."""
    return view.get("callback_id", ""), next(iter(carried(view).split()), "")


def opened(ctx: ActorContext, view: View) -> View:
    """A form stamped with what it is of; a view that is no form, or stands already, as it is."""
    return stamped(view, edit_conflicts.last_entry(ctx.session)) if "submit" in view and not is_stamped(view) else view


def was_kept(ctx: ActorContext, view: View) -> bool:
    """Whether the actor typed in a form before and did not send that."""
    return "submit" in view and drafts.find(ctx, *name_of(view)) is not None


def offered(ctx: ActorContext, view: View) -> View:
    """The choice to go on with what the actor typed in a form before; the form itself waits until they have chosen."""
    row = drafts.set_aside(ctx, *name_of(view), view)
    if row is None:  # it was sent a moment ago, from another device
        return view
    days = drafts.KEPT_FOR.days
    return ctx.messages.view("forms/draft", kept=row, title=view["title"]["text"], days=days)


def filled(view: View, entered: Mapping[str, str]) -> View:
    """The form with what was entered in its fields; what a field does not offer any more is left out."""
    return {**view, "blocks": [_filled(block, entered) for block in view["blocks"]]}


def _filled(block: Element, entered: Mapping[str, str]) -> Element:
    if block["type"] != "input" or block.get("block_id") not in entered:
        return block
    element = {name: part for name, part in block["element"].items() if not name.startswith("initial_")}
    return {**block, "element": element | _initial(element, entered[block["block_id"]])}


def _initial(element: Element, entered: str) -> Element:
    """What an element of this kind begins with (docs.slack.dev/reference/block-kit/block-elements)."""
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
        case _:
            begins = {"initial_options": chosen}
    return {name: begun for name, begun in begins.items() if begun}
