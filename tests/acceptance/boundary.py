"""The boundary between the department and its partners: an office full of markers, and what outsiders see of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from bot import demo
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.scores import Impact, Likelihood
from bot.identity import Unknown
from bot.models import Channel, Digest, Organisation, Person, Role, RoleName
from bot.services.portfolio.reading import read_bytes
from bot.services.risks import risk_review, risks
from bot.services.risks.risks import RiskEntry
from bot.services.unit_of_work import UnitOfWork
from tests.acceptance import grid
from tests.acceptance.markers import Markers, mark, name_kpis_alike
from tests.acceptance.office import Office, open_office, sample_seed
from tests.builders import act, contract_named, run_job
from tests.conftest import Templates
from tests.samples import imported, sample_sheets
from workspace import Control, Seed
from workspace.blocks import interactive
from workspace.client.http import connection
from workspace.state.seed import Team, User
from workspace.state.store import Conversation, Message

Json = dict[str, Any]
Rows = dict[str, list[Any]]
DEPARTMENT = "T0DEPT"
CONTRACTS = ("WP-NE", "HA-EW", "IT-CH")
OWNERS = {"WP-NE": "northgate", "HA-EW": "meridian", "IT-CH": "tallow-bridge"}
# Every role, an administrator, one with no contract; the last is a colleague whom the register does not know.
INSIDERS = ("U0AMIRA", "U0CALLUM", "U0RHIAN", "U0NADIA", "U0HELEN", "U0JOSEPH", "U0ADMIN", "U0SAM", "U0MARTHA")
# Who is not of the department, and the partner whose words they may read: contacts, people with no role, one whom the
# register does not know, a guest in the department's workspace, and a stranger.
OUTSIDERS = {
    "U0PRIYA": "northgate",
    "U0LIAM": "northgate",
    "U0NEW": "northgate",
    "U0GUEST": "northgate",
    "U0SEUN": "meridian",
    "U0FIONA": "meridian",
    "U0MEILIN": "tallow-bridge",
    "U0STRANGER": None,
}
CONTACTS = ("U0PRIYA", "U0GUEST", "U0SEUN", "U0FIONA", "U0MEILIN")
MORE_TEAMS = (Team("T0STRANGER", "Elsewhere", "elsewhere"),)
MORE_USERS = (
    User("U0ADMIN", DEPARTMENT, "admin", "Ada Admin", role="admin"),
    User("U0SAM", DEPARTMENT, "sam", "Sam New"),
    User("U0NEW", "T0NORTHGATE", "new", "Nell New"),
    User("U0GUEST", DEPARTMENT, "guest", "Gus Guest", guest="multi"),
    User("U0STRANGER", "T0STRANGER", "stranger", "Stan Strange"),
)
# The tables in which something changes when a partner's person does something; a chart that they ask for is drawn once.
WRITTEN_BY_PARTNERS = {
    *("absence", "trail_entry", "chart_file", "home_change", "home_page", "form_draft", "outbox_message", "person"),
    *("contact", "contact_person", "more_time", "reminder_line"),
    *("action", "audit", "finding"),
    *("certificate", "certificate_evidence", "evidence_file", "service_credit"),
    *("document_exception", "document_notice", "document_question", "document_recipient"),
    *("plan_step", "plan_submission", "rectification_plan"),
    *("milestone", "obligation", "reading", "receipt", "report", "report_answer", "risk", "role", "slack_user"),
}
CLICKED = ("button", "overflow")
DRAFTED = ("planned", "told to the partner", "held", "drafted", "cancelled")  # what such a visit found is ours alone
QUERIES = {
    each.name: f"select * from {each.name} order by {', '.join(column.name for column in each.primary_key)}"
    for each in SQLModel.metadata.sorted_tables
}
# By what a refusal is known: the sentences of every Denied.
REFUSALS = (
    Unknown("").sentence,
    "You do not have a role",
    "This is addressed to somebody else",
    "could not check with Slack who you are",
)


def seed() -> Seed:
    """The sample's workspace with some more people, and only the channels that matter here."""
    sample = sample_seed()
    kept = ("C0GENERAL", "C0PORTFOLIO", *(f"C0{reference.replace('-', '')}" for reference in CONTRACTS))
    channels = [each for each in sample.channels if each.id.startswith(kept)]
    general = next(each for each in channels if each.id == "C0GENERAL")
    channels[channels.index(general)] = replace(general, members=(*general.members, "U0ADMIN", "U0SAM"), bot=True)
    return replace(
        sample,
        teams=(*sample.teams, *MORE_TEAMS),
        users=(*sample.users, *MORE_USERS),
        channels=tuple(channels),
    )


def fill(session: Session) -> Markers:
    """The contracts, full of markers, with messages of every job on their way."""
    kept = {
        sheet: [row for row in rows if row.get("contract", row.get("reference", CONTRACTS[0])) in CONTRACTS]
        for sheet, rows in sample_sheets().items()
    }
    work = UnitOfWork(session, demo.BEGINS - demo.IMPORTED_BEFORE, published(), Messages(), "import")
    imported(work, read_bytes("kept.yaml", yaml.safe_dump(kept).encode()))
    _add_people(session)
    grid.register(session)
    name_kpis_alike(session)
    markers = mark(session)
    session.flush()
    for manager, reference in (("U0AMIRA", "WP-NE"), ("U0CALLUM", "HA-EW"), ("U0RHIAN", "IT-CH")):
        partner, what = OWNERS[reference], "of a risk that was raised"
        words = [markers.make(f"{part} {what}", partner) for part in ("title", "cause", "effect")]
        why = markers.make(f"review {what}")
        entry = RiskEntry(reference, words[0], Likelihood.LIKELY, Impact.MAJOR, cause=words[1], effect=words[2])
        risk = risks.raise_risk(act(session, manager, demo.BEGINS), entry).risk
        markers.of_risk(risk.id, words)
        doing = act(session, manager, demo.BEGINS)
        risk_review.review(doing, risk.public_id, Likelihood.LIKELY, Impact.SEVERE, why)
    for channel in session.scalars(select(Channel).where(col(Channel.contract_id).is_not(None))):
        since = demo.BEGINS - demo.IMPORTED_BEFORE
        session.add(Digest(channel_id=channel.id, weekday=0, hour=9, minute=0, since=since))
    session.flush()
    for job in ("prompt", "summary", "monthly"):
        run_job(session, job, demo.BEGINS)
    return markers


def _add_people(session: Session) -> None:
    organisations = {each.key: each.id for each in session.scalars(select(Organisation))}
    ours, northgate = organisations["department"], organisations["northgate"]
    session.add_all(
        [
            Person(slack="U0ADMIN", name="Ada Admin", organisation_id=ours, administrator=True),
            Person(slack="U0SAM", name="Sam New", organisation_id=ours),
            Person(slack="U0GUEST", name="Gus Guest", organisation_id=northgate, guest=True),
        ]
    )
    session.flush()
    people = {each.slack: each.id for each in session.scalars(select(Person))}
    for slack, reference, role in (
        ("U0RHIAN", "WP-NE", RoleName.VIEWER),
        ("U0JOSEPH", "WP-NE", RoleName.COMMERCIAL_LEAD),
        ("U0AMIRA", "HA-EW", RoleName.PERFORMANCE_MANAGER),
        ("U0GUEST", "WP-NE", RoleName.PARTNER_CONTACT),
        ("U0FIONA", "WP-NE", RoleName.PARTNER_CONTACT),  # by mistake: she is of another partner
        ("U0LIAM", "WP-NE", RoleName.PERFORMANCE_MANAGER),  # by mistake: he is not of the department
    ):
        session.add(Role(contract_id=contract_named(session, reference).id, person_id=people[slack], role=role))
    session.flush()


class Leak(AssertionError):
    """Somebody saw what they may not."""


@dataclass
class Boundary:
    """The office, and a guard at its border: `after` is asked after everything that anybody does."""

    office: Office
    control: Control
    markers: Markers
    errors: list[logging.LogRecord]
    seen: int = 0
    views: dict[str, str] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = connection(self.office.workspace_url, "/people")
        self.rows = self._dump()

    def does(self, user: str, action: str, **data: object) -> str:
        """What a person does in the workspace, and what they are answered; what cannot be done is left."""
        return self.http.post(f"/{user}/{action}", json=data).text

    def home(self, user: str) -> str:
        """The team of a person."""
        return self.office.workspace.store.users[user].team

    def is_in_the_workspace(self, user: str) -> bool:
        """Whether somebody can use the commands."""
        store = self.office.workspace.store
        return store.is_member(store.users[user], DEPARTMENT)

    def channels(self, user: str) -> list[Conversation]:
        """The conversations that a person is in."""
        return list(self.office.workspace.store.of(user))

    def buttons(self, user: str) -> list[tuple[Message | str, Json, Json]]:
        """Each button that a person sees: the message or the view's id, the block and the element."""
        ws = self.office.workspace
        found: list[tuple[Message | str, Json, Json]] = []
        for conversation in self.channels(user):
            for message in ws.visible(ws.store.users[user], conversation):
                found += [(message, *each) for each in interactive(message.blocks) if each[1]["type"] in CLICKED]
        for view in (ws.views.top(user), ws.views.home(user)):
            if view is not None:
                found += [(view.id, *each) for each in interactive(view.blocks) if each[1]["type"] in CLICKED]
        return found

    def all_buttons(self) -> list[tuple[str, str]]:
        """The action and value of each button that anybody sees."""
        people = (*INSIDERS, *OUTSIDERS)
        return [(e["action_id"], str(e.get("value", ""))) for user in people for _, _, e in self.buttons(user)]

    def all_forms(self) -> list[Json]:
        """Each form that anybody has open."""
        views = [self.office.workspace.views.top(user) for user in (*INSIDERS, *OUTSIDERS)]
        return [view.body for view in views if view is not None and "submit" in view.body]

    def keys(self) -> dict[str, list[str]]:
        """The keys of all records, by their table; those of what is owed by that name too, as its forms are called."""
        keyed = {name: rows for name, rows in self.rows.items() if "public_id" in SQLModel.metadata.tables[name].c}
        keys = {name: [row.public_id for row in rows] for name, rows in keyed.items() if rows}
        owed = [key for name in ("milestone", "obligation") for key in keys.get(name, ())]
        return {**keys, "owed": owed} if owed else keys

    def after(self, user: str | None, answer: str) -> None:
        """Check the border after somebody (or, with None, nobody) has acted and been answered. Leak, AssertionError."""
        self.office.drain()
        before, self.rows = self.rows, self._dump()
        self.markers.shared = frozenset(row.id for row in self.rows["risk"] if row.audience == "shared")
        states = [(row.id, row.state) for row in self.rows["audit"]]
        self.markers.untold = frozenset(key for key, state in states if state == "planned")
        self.markers.drafted = frozenset(key for key, state in states if state in DRAFTED)
        told = [answer] if user is not None else []
        for whom, where, text in self._news():
            if whom == user:
                told.append(text)
            if whom in OUTSIDERS:
                self._guard(whom, where, text, typed=where == "ephemeral")
        if user in OUTSIDERS:
            self._guard(user, "an answer", answer, typed=True)
        changed = {name: _apart(before[name], rows) for name, rows in self.rows.items() if rows != before[name]}
        self._refusals(user, "\n".join(told), changed)
        if user in OUTSIDERS:
            self._own_affairs(user, changed)
        assert self.errors == [], [record.getMessage() for record in self.errors]

    def _guard(self, user: str, where: str, text: str, *, typed: bool) -> None:
        """Nothing in a text is another's. A reference may stand where somebody may have typed it themselves."""
        partner = OUTSIDERS[user]
        found = self.markers.forbidden(text, partner)
        if not typed:
            found |= {reference for reference, owner in OWNERS.items() if owner != partner and reference in text}
        if found:
            raise Leak(f"{user} of {partner} saw {sorted(found)} in {where}: {text[:600]}")

    def _news(self) -> Iterator[tuple[str, str, str]]:
        """Who sees what that was not there before: each message as it is now, and each form."""
        ws = self.office.workspace
        for conversation in ws.store.conversations.values():
            for message in conversation.messages:
                if message.version > self.seen and message.by_app:
                    text = json.dumps([message.text, message.blocks, message.metadata], ensure_ascii=False)
                    where = "ephemeral" if message.only_for else f"a message in {conversation.id}"
                    for member in [message.only_for] if message.only_for else conversation.members:
                        yield member, where, text
        for user in (*OUTSIDERS, *INSIDERS):
            views = [*ws.views.stack(user), *filter(None, [ws.views.home(user)])]
            text = json.dumps([view.body for view in views], ensure_ascii=False) if views else ""
            if text and self.views.get(user) != text:
                yield user, "a form", text
            self.views[user] = text
        self.seen = ws.store.revision

    def _refusals(self, user: str | None, told: str, changed: Rows) -> None:
        """A refusal is audited, where it is not repeated within an hour, and has changed nothing of the record; nor has
        what says that nothing was."""
        refused = [row for row in changed.get("trail_entry", []) if row.action == "refused"]
        said = any(sentence in told for sentence in REFUSALS)
        audited = any(row.action == "refused" and row.actor == user for row in self.rows["trail_entry"])
        assert not said or audited, f"a refusal is not audited: {told[:600]}"
        if refused or "othing was done" in told:
            # What Slack says of a person is kept, whatever becomes of what they wanted.
            assert set(changed) <= {"trail_entry", "slack_user"}, f"{told[:300]} but {changed}"
            assert changed.get("trail_entry", []) == refused, f"{told[:300]} but {changed}"

    def _own_affairs(self, user: str, changed: Rows) -> None:
        """What an outsider does changes no record but those that partners write, and those of no other partner."""
        assert set(changed) <= WRITTEN_BY_PARTNERS, f"{user} changed {changed}"
        contracts = {row.id: OWNERS.get(row.reference) for row in self.rows["contract"]}
        for name, rows in changed.items():
            for row in rows:
                contract = getattr(row, "contract_id", None)
                assert contract is None or contracts[contract] == OUTSIDERS[user], f"{user} changed {name}: {row}"

    def _dump(self) -> Rows:
        # As the driver has them: to make Python's values of them takes thrice as long.
        with self.office.liaison.database.engine.connect() as connection:
            return {name: list(connection.exec_driver_sql(query)) for name, query in QUERIES.items()}


def _apart(some: list[Any], others: list[Any]) -> list[Any]:
    """What stands in one of two lists alone."""
    one, other = ({repr(row): row for row in rows} for rows in (some, others))
    return [(one.get(key) or other[key]) for key in one.keys() ^ other.keys()]


class _Errors(logging.Handler):
    """Keeps what the log says of faults: anything with a traceback, and whatever calls itself one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or "fault" in record.getMessage():
            self.records.append(record)


@contextmanager
def open_boundary(templates: Templates, kind: str, markers: Markers, workspace: Seed) -> Iterator[Boundary]:
    """An office of its own with the markers in it."""
    url = templates.copy_of(kind, "boundary", lambda session: markers.take(fill(session)))
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        with open_office(url, seed=workspace, counts=False) as office, Control(office.workspace_url) as control:
            boundary = Boundary(office, control, markers, errors.records)
            yield boundary
            boundary.http.close()
    finally:
        logging.getLogger().removeHandler(errors)
        templates.drop(url)
