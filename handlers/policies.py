"""`/policy`: the certificates that partners must hold."""

from slack_bolt.async_app import AsyncApp

from bot.interactions.commands import CommandTable, Subcommand
from bot.interactions.response import reads
from bot.interactions.router import Router
from handlers import certificates


def register(app: AsyncApp, router: Router) -> None:
    """Register the buttons and forms."""
    certificates.register(app, router)


COMMAND = CommandTable(
    "/policy",
    about="See and manage the certificates that partners must hold",
    hint="certificate WP-NE; certificate WP-NE add",
    does="shows and manages what partners must hold: insurances, accreditations and security certificates.",
    contract=True,
    subcommands=[
        Subcommand(
            "certificate",
            also=["certificates", ""],
            example="WP-NE",
            does="lists the certificates of a contract, with what is in force and what is awaited; without a contract, "
            "of all your contracts",
            more={"WP-NE add": "opens a form for a certificate that the partner must hold"},
            who=None,
            handler=reads(certificates.typed),
        ),
    ],
    notes=[
        "The partner is asked for evidence 60, 30 and 10 working days before a certificate ends, and gives a file or a "
        "link. A contract manager verifies it.",
    ],
)
