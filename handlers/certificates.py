"""Certificates of partners: the list, the forms of the department, the evidence that a partner gives, and its check."""

from dataclasses import replace
from functools import partial

from bot.delivery.messages import Message, Messages, View
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Refused
from bot.domain.certificate_cycle import CertificateEvent, CertificateState
from bot.domain.evidence import MOST_BYTES, too_large
from bot.errors import UserError
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import Typed
from bot.interactions.form_state import name_of
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import LaterWork, Response, SlackQuery, reads, writes
from bot.interactions.router import Router
from bot.models import Certificate
from bot.records import CertificateRecord
from bot.services import drafts
from bot.services.certificates import certificates, checking, evidence
from bot.services.certificates.certificates import CertificateCard
from bot.services.certificates.evidence import EvidenceEntry
from bot.services.given_files import GivenFile, StoredFile
from bot.services.unit_of_work import ActorContext
from handlers.files import FETCH_WITHIN

NEEDED = ("valid_from", "valid_to")
PERIOD = ("body", "number", "cover", "valid_from", "valid_to")  # what a partner enters for the next period
ADD = "add"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("certificates_open", reads(open_list))
    router.on_click("certificate_add", reads(open_new))
    router.on_submit("certificate_new_form", writes(submit_new))
    router.on_click("certificate_edit", reads(open_edit))
    router.on_submit("certificate_edit_form", writes(submit_edit))
    router.on_click("certificate_give", reads(open_give))
    router.on_submit("certificate_give_form", writes(give))
    router.on_click("certificate_check", reads(open_check))
    router.on_submit("certificate_check_form", writes(check))
    router.on_click("certificate_file", reads(get_file, takes_long=True))


def typed(ctx: ActorContext, line: Typed) -> Response:
    """`certificate WP-NE` lists the certificates of a contract, `certificate WP-NE add` opens the form for one."""
    words = line.words
    if words and words[-1].casefold() == ADD:
        return Response.opens(_form(ctx, certificates.contract_to_add_to(ctx, " ".join(words[:-1])).public_id, None))
    return Response.answers(_list(ctx, " ".join(words)))


def open_list(ctx: ActorContext, click: Click) -> Response:
    """Show the certificates of the contract whose reference the button carries."""
    return Response.says(_list(ctx, click.value))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a new certificate of a contract."""
    contract = certificates.contract_of_form(ctx, click.record_key)
    return Response.opens(_form(ctx, contract.public_id, None))


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the certificate."""
    contract = certificates.contract_of_form(ctx, form.record_key)
    record = _record(form, contract.reference)
    return _saved(ctx, certificates.add_certificate(ctx, record, seen=form_fields.ticked(form.values, "seen")))


def open_edit(ctx: ActorContext, click: Click) -> Response:
    """Open the form that changes a certificate, filled in with what is known of it."""
    card = certificates.certificate_to_change(ctx, click.record_key)
    return Response.opens(_form(ctx, card.certificate.public_id, card.certificate))


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Change the certificate."""
    card = certificates.certificate_to_change(ctx, form.record_key)
    record, seen = _record(form, card.contract.reference), form_fields.ticked(form.values, "seen")
    return _saved(ctx, certificates.change_certificate(ctx, form.record_key, record, seen=seen))


def give_view(ctx: ActorContext, key: str) -> View:
    """The form in which somebody gives the evidence of a certificate. Raises `UserError` or `Denied`."""
    card = evidence.certificate_to_renew(ctx, key)
    known = {"body": card.certificate.body, "number": card.certificate.number, "cover": card.certificate.cover_pounds}
    inputs = {each.block: each for each in record_forms.inputs(CertificateRecord, known, {})}
    needed = (*NEEDED, "cover") if card.certificate.required_cover_pounds else NEEDED
    return ctx.messages.view(
        "certificates/give_form",
        card=card,
        inputs=[replace(inputs[name], optional=name not in needed) for name in PERIOD],
    )


def open_give(ctx: ActorContext, click: Click) -> Response:
    """Open the form for the evidence of a certificate."""
    return Response.opens(give_view(ctx, click.record_key))


def give(ctx: ActorContext, form: Submission) -> Response:
    """Keep the evidence of a form. A file is fetched from Slack after the form is accepted, as a large one takes longer
    than Slack waits; until it is here, what was entered is kept as a draft."""
    key, file_id = form.record_key, form_fields.text(form.values, "file").partition(",")[0]
    card = evidence.certificate_to_renew(ctx, key)
    certificate, contract = card.certificate, card.contract.reference
    known = CertificateRecord.kept_in(certificate) | {"contract": contract}
    kept = {each.block: each.initial for each in record_forms.inputs(CertificateRecord, known, {})}
    entered = {name: form_fields.text(form.values, name) for name in PERIOD}
    record = record_forms.read(CertificateRecord, {**kept, **entered})
    link = form_fields.text(form.values, "link")
    entry = evidence.entry_of(ctx, key, record, link, has_file=bool(file_id))
    if not file_id:
        return Response.shows(ctx.messages.view("certificates/given", given=evidence.give(ctx, key, entry, None)))
    drafts.save(
        ctx, *name_of(form.view), {name: each for name, each in form.values.items() if name != "file"}, since=form.since
    )
    fetched = SlackQuery(partial(fetch, file_id=file_id), partial(_given, key=key, entry=entry), FETCH_WITHIN)
    accepted = Response.shows(ctx.messages.view("certificates/fetching", card=card))
    return replace(accepted, later=LaterWork(card.contract.id, fetched, _not_given))


def _given(ctx: ActorContext, file: GivenFile, *, key: str, entry: EvidenceEntry) -> Response:
    """Keep the evidence with its file, and tell who gave it."""
    given = evidence.give(ctx, key, entry, file)
    return Response(tell=ctx.messages.message("certificates/received", given=given))


def _not_given(messages: Messages, form: Submission, error: UserError) -> Response:
    """Say why the file is not kept, with a button that opens the form again as it was filled in."""
    return Response(tell=messages.message("certificates/not_received", sentence=error.sentence, key=form.record_key))


async def fetch(slack: Slack, file_id: str) -> GivenFile:
    """A file that came with a form. Raises `UserError` for one that cannot be kept, or `SlackFailure`."""
    try:
        file = await slack.file(file_id, MOST_BYTES)
    except Refused as refused:
        if str(refused) == "file_too_large":
            raise too_large("file") from refused
        raise UserError(
            f"Slack does not hand over this file ({refused}), so nothing was sent. Attach it again, or give a link.",
            field="file",
        ) from refused
    return GivenFile(file.name, file.owner, file.content)


def check_view(ctx: ActorContext, key: str) -> View:
    """The form in which the department decides on evidence. Raises `UserError` or `Denied`."""
    given = checking.evidence_to_check(ctx, key)
    return ctx.messages.view("certificates/check_form", given=given, choices=checking.DECISIONS)


def open_check(ctx: ActorContext, click: Click) -> Response:
    """Open the form that verifies evidence or refuses it."""
    return Response.opens(check_view(ctx, click.record_key))


def check(ctx: ActorContext, form: Submission) -> Response:
    """Verify the evidence, or refuse it."""
    event = form_fields.choice(CertificateEvent, form.values, "event")
    given = checking.check(ctx, form.record_key, form.seen, event, form_fields.text(form.values, "reason"))
    return Response.shows(ctx.messages.view("certificates/checked", given=given))


def get_file(ctx: ActorContext, click: Click) -> Response:
    """Send the file of evidence to whoever asks for it, by direct message."""
    file, user = checking.file_of(ctx, click.record_key), ctx.actor.slack

    def sent(ctx: ActorContext, _done: None) -> Response:
        sentence = f"Liaison sent you {file.name} as a direct message."
        return Response.says(ctx.messages.message("common/sentence", sentence=sentence))

    return Response.after(partial(send, user=user, file=file), sent, FETCH_WITHIN)


async def send(slack: Slack, user: str, file: StoredFile) -> None:
    """Send a file to a person by direct message."""
    await slack.send_file(user, file.name, file.content)


def _list(ctx: ActorContext, words: str) -> Message:
    return ctx.messages.message("certificates/list", found=certificates.list_certificates(ctx, words))


def _form(ctx: ActorContext, key: str, row: Certificate | None) -> View:
    known = CertificateRecord.kept_in(row) if row else {}
    return ctx.messages.view(
        "certificates/form",
        key=key,
        certificate=row,
        inputs=record_forms.inputs(CertificateRecord, known, {}, but=("contract",)),
        can_be_seen=row is None or row.state is CertificateState.AWAITED,
    )


def _record(form: Submission, reference: str) -> CertificateRecord:
    return record_forms.read(CertificateRecord, {**form.values, "contract": reference})


def _saved(ctx: ActorContext, card: CertificateCard) -> Response:
    return Response.shows(ctx.messages.view("certificates/saved", card=card))
