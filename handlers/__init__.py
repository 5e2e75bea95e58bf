"""The actions of people in Slack, one module for each part of the service."""

from bot.interactions import disambiguation, receipts, reruns
from bot.interactions.router import Router
from handlers import (
    actions,
    audits,
    benefits,
    contact_messages,
    contacts,
    contract_options,
    contracts,
    digest,
    document_threads,
    documents,
    drafts,
    escalations,
    files,
    holidays,
    home,
    liaison,
    memos,
    money,
    partner_lists,
    partners,
    policies,
    progress,
    remedies,
    reminders,
    risks,
    slack_events,
    specification,
    spend,
)

COMMANDS = (
    actions.COMMAND,
    audits.COMMAND,
    contacts.COMMAND,
    contracts.COMMAND,
    digest.COMMAND,
    liaison.COMMAND,
    memos.COMMAND,
    money.COMMAND,
    partners.COMMAND,
    policies.COMMAND,
    progress.COMMAND,
    remedies.COMMAND,
    risks.COMMAND,
)


def register(router: Router) -> None:
    """Register every handler."""
    for table in router.commands.tables:
        router.on_command(table)
    router.on_rerun(disambiguation.ACTION, reruns.read_chosen)
    router.on_rerun(receipts.MEANT, reruns.read_meant)
    actions.register(router)
    audits.register(router)
    contacts.register(router)
    contact_messages.register(router)
    contract_options.register(router)
    contracts.register(router)
    documents.register(router)
    document_threads.register(router)
    escalations.register(router)
    files.register(router)
    holidays.register(router)
    home.register(router)
    drafts.register(router)
    money.register(router)
    spend.register(router)
    benefits.register(router)
    liaison.register(router)
    slack_events.register(router)
    reminders.register(router)
    partners.register(router)
    partner_lists.register(router)
    policies.register(router)
    progress.register(router)
    remedies.register(router)
    risks.register(router)
    specification.register(router)
    router.on_unknown()
