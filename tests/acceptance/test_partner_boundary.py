"""The most important promise: whatever people do, nobody outside the department sees what is internal or another
partner's, what is refused changes nothing, and nothing breaks.

Many people of several organisations act at random on the whole product: they type every command of the registry,
press every button, fill in every form, forge what a form or a button carries, send things twice; jobs run, the clock
moves, channels are shared, roles and deputies change. Every text of the register holds a marker that says who may
read it (tests/acceptance/markers.py). To play for longer: pytest --hypothesis-profile=long.
"""

import json
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as fixed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot import trail
from jobs import JOBS
from tests.acceptance import forging
from tests.acceptance.appointing import change_a_role
from tests.acceptance.boundary import CONTACTS, DEPARTMENT, INSIDERS, OUTSIDERS, OWNERS, Leak, open_boundary, seed
from tests.acceptance.grid import as_grid
from tests.acceptance.markers import (
    INTERNAL,
    NO_WORDS,
    ONCE_REPORTED,
    ONCE_TOLD,
    PARTNERS,
    WHILE_SHARED,
    Markers,
    models,
    words_of,
)
from tests.acceptance.office import finish
from tests.builders import contract_named
from tests.conftest import KINDS, Templates
from tests.once import usual_or
from workspace import Seed
from workspace.state.store import Message

Json = dict[str, Any]
PEOPLE = (*INSIDERS, *OUTSIDERS)
EXAMPLES = {"sqlite": usual_or(3, 2), "postgresql": 2}
STEPS = usual_or(50, 30)
AT_ONCE = 4  # commands that a person types, or buttons that they forge, in one step
OWN_CONTRACT = {partner: reference for reference, partner in OWNERS.items()}
USUAL = settings.get_profile("shared").max_examples
# Outsiders with a role can do something, and so might do too much.
ANYBODY = st.sampled_from((*PEOPLE, *CONTACTS, *CONTACTS))
OUTSIDER = st.sampled_from(list(OUTSIDERS))
LUCK = st.integers(0, 2**16).map(Random)
WAITS = [timedelta(seconds=1), timedelta(minutes=6), timedelta(hours=3), timedelta(days=1), timedelta(days=4)]


@dataclass
class Stage:
    """What every example is played on."""

    templates: Templates
    kind: str
    markers: Markers
    seed: Seed


REPLIES = ("starts 97.2, outcomes 88; two left", "outcomes 12,5", "starts 972/1000", "Both posts are filled", "Thanks")


class PartnerBoundary(RuleBasedStateMachine):
    """One office, and what people do in it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.at = self.stack.enter_context(open_boundary(stage.templates, stage.kind, stage.markers, stage.seed))
        self.ws, self.office = self.at.office.workspace, self.at.office
        self.posted: list[dict[str, str]] = []
        self.traffic = 0
        self.office.deliver()
        self._after(None, "")

    def teardown(self) -> None:
        self.stack.close()

    @rule(user=ANYBODY, luck=LUCK)
    def types_commands(self, user: str, luck: Random) -> None:
        """In channels of theirs; who cannot type the app's commands posts them all the same."""
        for _ in range(AT_ONCE):
            text = forging.line(luck, OWN_CONTRACT.get(OUTSIDERS.get(user) or ""))
            if self.at.is_in_the_workspace(user) and (places := self.at.channels(user)):
                self._after(user, self.at.does(user, "command", channel=luck.choice(places).id, text=text))
                self._go_on(user, luck)
            else:
                self._post(user, self._forged_command(user, text, luck))

    @rule(user=ANYBODY, luck=LUCK)
    def presses_a_button(self, user: str, luck: Random) -> None:
        buttons = self.at.buttons(user)
        if buttons:
            place, block, element = luck.choice(buttons)
            where = {"channel": place.channel, "ts": place.ts} if isinstance(place, Message) else {"view_id": place}
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            self._after(user, self.at.does(user, "click", **where, **ids))
            self._go_on(user, luck)

    @rule(user=ANYBODY, luck=LUCK)
    def writes_in_a_thread(self, user: str, luck: Random) -> None:
        """Below any message of the app's that they see: figures, an answer to a query, or talk."""
        seen = [
            (each.id, m.ts) for each in self.at.channels(user) for m in each.messages if m.by_app and not m.only_for
        ]
        if seen:
            channel, thread = luck.choice(seen)
            self._after(user, self.at.does(user, "say", channel=channel, text=luck.choice(REPLIES), thread_ts=thread))
            self.at.control.settle()
            self._after(user, "")

    @rule(user=ANYBODY, luck=LUCK)
    def asks_liaison_in_words(self, user: str, luck: Random) -> None:
        """By a mention in a channel of theirs, or in their direct messages with it."""
        if places := self.at.channels(user):
            text = f"@{self.ws.store.bot.name} what is open?"
            self._after(user, self.at.does(user, "say", channel=luck.choice(places).id, text=text))
            self.at.control.settle()
            self._after(user, "")

    @rule(user=ANYBODY, luck=LUCK)
    def forges_a_button(self, user: str, luck: Random) -> None:
        """One that somebody else sees, or any of the product's with a value of its own."""
        for _ in range(AT_ONCE):
            self._post(user, {"payload": json.dumps(self._forged_click(user, luck))})
            self._go_on(user, luck)

    @rule(user=ANYBODY, luck=LUCK)
    def forges_a_form(self, user: str, luck: Random) -> None:
        """One that is open to somebody, or any of the product's, with values of its own."""
        view = luck.choice((self.at.all_forms() if luck.random() < 0.5 else None) or forging.forms())
        state = {"values": forging.forged_state(view["blocks"], list(PEOPLE), luck)}
        carried = luck.choice(
            (view.get("private_metadata", ""), forging.metadata(luck, self.at.keys(), view.get("callback_id", "")))
        )
        body = {**view, "id": f"V{luck.randrange(10**6)}", "private_metadata": carried, "state": state}
        payload = {"type": "view_submission", "view": body, **self._by(user)}
        self._post(user, {"payload": json.dumps(payload)})

    @rule(luck=LUCK)
    def sends_once_more(self, luck: Random) -> None:
        """The very same again, as Slack does when it did not hear the answer."""
        if self.posted:
            form = luck.choice(self.posted)
            payload = json.loads(form["payload"]) if "payload" in form else {}
            self._post(str(payload["user"]["id"] if payload else form["user_id"]), form)

    @rule(user=ANYBODY, luck=LUCK)
    def sends_what_somebody_else_sent(self, user: str, luck: Random) -> None:
        """With the same ids of records and forms; only who sends it cannot be forged, nor what Slack hands to them."""
        payloads = [json.loads(form["payload"]) for form in self.posted if "payload" in form]
        if payloads:
            payload = {**luck.choice(payloads), **self._by(user)}
            if "response_url" in payload:
                payload["response_url"] = self._response_url(user, payload["channel"]["id"])
            self._post(user, {"payload": json.dumps(payload)})

    @rule(luck=LUCK)
    def the_jobs_run(self, luck: Random) -> None:
        self.office.clock.advance(luck.choice(WAITS))
        for job in luck.sample(JOBS, len(JOBS)):
            self.office.run(job.name)
        self.office.deliver()
        self._after(None, "")

    @rule(user=OUTSIDER, luck=LUCK)
    def an_outsider_comes_or_goes(self, user: str, luck: Random) -> None:
        channel = luck.choice(self._channels())
        if user in self.ws.store.conversations[channel].members:
            self.at.does(user, "leave", channel=channel)
        else:
            self.at.control.share(channel, user)
        self.at.control.settle()
        self._after(None, "")

    @rule(user=ANYBODY, luck=LUCK)
    def a_role_changes(self, user: str, luck: Random) -> None:
        with self.office.liaison.database.writing() as session:
            change_a_role(session, user, self.office.clock.now().date(), luck)
        self._after(None, "")

    @rule(user=ANYBODY, luck=LUCK)
    def opens_the_apps_page(self, user: str, luck: Random) -> None:
        answer = self.at.does(user, "home", tab=luck.choice(("home", "messages")))
        self.at.control.settle()
        self._after(user, answer)

    def _go_on(self, user: str, luck: Random) -> None:
        """Fill in the form that is open and send it, perhaps more than once."""
        while (view := self.ws.views.top(user)) is not None and "submit" in view.body and luck.random() < 0.7:
            values = forging.fill_in(view.blocks, view.values, list(PEOPLE), luck)
            self._after(user, self.at.does(user, "submit", view_id=view.id, values=values))

    def _channels(self) -> list[str]:
        return [each.id for each in self.ws.store.conversations.values() if each.is_channel]

    def _response_url(self, user: str, channel: str) -> str:
        return f"{self.office.workspace_url}/response/{self.ws.grants.response(user, channel)}"

    def _by(self, user: str) -> Json:
        home = self.at.home(user)
        trigger = self.ws.grants.trigger(user)
        return {"team": {"id": home}, "user": {"id": user, "team_id": home}, "trigger_id": trigger}

    def _forged_command(self, user: str, text: str, luck: Random) -> dict[str, str]:
        name, _, words = text.partition(" ")
        channel = luck.choice(self._channels())
        return {
            "command": name,
            "text": words,
            "user_id": user,
            "team_id": self.at.home(user) if luck.random() < 0.8 else DEPARTMENT,
            "channel_id": channel,
            "trigger_id": self.ws.grants.trigger(user),
            "response_url": self._response_url(user, channel),
        }

    def _forged_click(self, user: str, luck: Random) -> Json:
        real = luck.random() < 0.5 and self.at.all_buttons()
        action_id = luck.choice(forging.actions())
        name, value = luck.choice(real or [(action_id, forging.button_value(luck, self.at.keys(), action_id))])
        action = {"type": "button", "action_id": name, "value": value}
        channel = luck.choice(self._channels())
        return {
            **self._by(user),
            "type": "block_actions",
            "container": {"type": "message", "channel_id": channel},
            "channel": {"id": channel},
            "response_url": self._response_url(user, channel),
            "actions": [{**action, "block_id": "forged"}],
        }

    def _post(self, user: str, form: dict[str, str]) -> None:
        self.posted.append(form)
        answer = self.office.post(form)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text} to {form}"
        self._after(user, answer.text)

    def _after(self, user: str | None, answer: str) -> None:
        self.at.after(user, answer)
        for exchange in self.ws.traffic.since(self.traffic):
            body = exchange["request"]["body"]
            if exchange["kind"] == "slash_commands":
                self.posted.append(body)
            elif exchange["kind"] == "interactive":
                self.posted.append({"payload": json.dumps(body["payload"])})
        self.traffic = self.ws.traffic.revision


@pytest.fixture(scope="module", params=KINDS)
def stage(request: pytest.FixtureRequest, templates: Templates) -> Stage:
    """On PostgreSQL the department and a partner are Enterprise Grids."""
    at_first = seed()
    return Stage(templates, request.param, Markers(), at_first if request.param == "sqlite" else as_grid(at_first))


def test_nothing_crosses_the_boundary(stage: Stage) -> None:
    class OnStage(PartnerBoundary):
        """The machine as Hypothesis asks for it: with nothing to be given."""

        def __init__(self) -> None:
            super().__init__(stage)

    longer = max(settings().max_examples // USUAL, 1)
    # The usual play is the same each time, and another one on each kind of database.
    run_state_machine_as_test(
        OnStage if longer > 1 else fixed(KINDS.index(stage.kind))(OnStage),
        settings=settings(
            max_examples=EXAMPLES[stage.kind] * longer,
            stateful_step_count=STEPS,
            database=None,
            # To find the shortest way to a failure takes minutes: that is for the longer play.
            phases=[Phase.generate] if longer == 1 else list(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_guard_finds_what_it_looks_for(stage: Stage) -> None:
    with open_boundary(stage.templates, stage.kind, stage.markers, stage.seed) as at:
        office, internal = at.office, stage.markers.make("a test")
        with pytest.raises(Leak, match="U0PRIYA of northgate saw"):
            at.after("U0PRIYA", internal)
        for of_visit, drafts in ((at.markers.told, at.markers.untold), (at.markers.reported, at.markers.drafted)):
            draft = [marker for marker, visit in of_visit.items() if visit in drafts]
            assert draft, "there is something that only the department has"
            with pytest.raises(Leak, match="which is a draft"):
                at.after("U0PRIYA", " ".join(draft))
        with office.liaison.database.writing() as session:
            trail.record(session, office.clock.now(), "U0SAM", "refused", "click")
            contract_named(session, "WP-NE").tier = "silver"
        with pytest.raises(AssertionError, match="'contract'"):
            at.after("U0SAM", "")
        with pytest.raises(AssertionError, match="not audited"):
            at.after("U0PRIYA", "You do not have a role that lets you do that")
        with office.liaison.database.writing() as session:
            trail.record(session, office.clock.now(), "U0PRIYA", "changed", "x", contract_id=2)
        with pytest.raises(AssertionError, match="U0PRIYA changed trail_entry"):
            at.after("U0PRIYA", "")
        logging.getLogger("handlers").error("fault 12ab")
        with pytest.raises(AssertionError, match="fault 12ab"):
            at.after(None, "")
        at.errors.clear()
        finish(office.liaison.jobs.slack.post("C0WPNENG", f"{internal} of WP-NE", [], "key"))
        with pytest.raises(Leak, match="in a message in C0WPNENG"):
            at.after(None, "")


def test_of_every_word_of_the_register_it_is_said_who_may_read_it() -> None:
    told = [str(column) for model in models() for column in words_of(model)]
    assert sorted(told) == sorted([*INTERNAL, *PARTNERS, *WHILE_SHARED, *ONCE_TOLD, *ONCE_REPORTED, *NO_WORDS])
