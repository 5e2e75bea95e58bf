"""Requests that are not Slack's, or whose sender may not what they ask for, or that are no requests: nothing changes,
nothing is told, and nothing fails."""

import json
import time
from random import Random
from urllib.parse import urlencode

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from tests.acceptance.forging import actions, button_value, forged_state, forms, line, metadata
from tests.acceptance.malformed import bodies, encoded, spoiled
from tests.acceptance.office import AMIRA, MARTHA, NORTH_EAST, PRIYA
from tests.soak.outcome import Outcome, Scale
from tests.soak.world import FORM, Answer, World, new_trigger

SECRET_WORDS = "Kestrel"  # stands in what the department alone may read
STRANGERS = {MARTHA: "T0DEPT", "U0STRANGER": "T0STRANGER", "U0NOBODY": "T0DEPT", PRIYA: "T0DEPT", "W0": "T0"}
# What may change when somebody is refused: their refusal, and what Slack said of them.
TOLD = {"trail_entry", "slack_user", "heartbeat", "job_run"}
Rows = dict[str, list[tuple[object, ...]]]


def forged(world: World, luck: Random, scale: Scale) -> Outcome:
    """Commands, buttons and forms with other signatures, and signed in the name of people who may do nothing."""
    outcome = Outcome()
    world.start("serve")
    raised = world.type(f'/risk raise WP-NE "{SECRET_WORDS} may be closed" likely major')
    outcome.expect("is raised" in raised.text, f"the secret was not raised: {raised}")
    before = world.read(_rows)
    for _ in range(scale.requests):
        body = _made(luck, before, AMIRA, "T0DEPT")
        outcome.attempts += 1
        answer = _badly_signed(world, luck, *body)
        outcome.expect(answer.status == 401, f"{answer.status} for a forged signature")
    outcome.expect(world.read(_rows) == before, "a request with a forged signature changed something")
    for _ in range(scale.requests):
        user, team = luck.choice(list(STRANGERS.items()))
        outcome.attempts += 1
        answer = world.post(*_made(luck, before, user, team))
        outcome.expect(answer.status in (200, 400), f"{answer.status} for {user}")
        outcome.expect(SECRET_WORDS not in answer.text, f"{user} was told what is internal")
    changed = [name for name, rows in world.read(_rows).items() if name not in TOLD and rows != before[name]]
    outcome.expect(not changed, f"strangers changed {', '.join(changed)}")
    _expect_no_fault(world, outcome)
    outcome.held = "nothing changed, nothing internal was said"
    return outcome


def malformed(world: World, luck: Random, scale: Scale) -> Outcome:
    """Signed requests with something missing or in the place of something else, and signed nonsense."""
    outcome = Outcome()
    world.start("serve")
    statuses: dict[int, int] = {}
    for _ in range(2 * scale.requests):
        outcome.attempts += 1
        if luck.random() < 0.8:
            body, kind = encoded(spoiled(luck, luck.choice(bodies())))
        else:
            body, kind = luck.randbytes(luck.randrange(200)), luck.choice((FORM, "application/json", "text/plain", ""))
        status = world.post(body, kind).status
        statuses[status] = statuses.get(status, 0) + 1
        outcome.expect(status in (200, 400, 404), f"{status} for {body[:300]!r}")
    _expect_no_fault(world, outcome)
    outcome.held = ", ".join(f"{times} times {status}" for status, times in sorted(statuses.items()))
    return outcome


def _made(luck: Random, rows: Rows, user: str, team: str) -> tuple[bytes, str]:
    """A command, a click or a form, in somebody's name."""
    who, trigger = {"id": user, "team_id": team}, new_trigger()
    keys = {table: [str(key) for *_, key in found] for table, found in rows.items() if found}
    match luck.randrange(3):
        case 0:
            name, _, typed = line(luck).partition(" ")
            form = {"command": name, "text": typed, "user_id": user, "team_id": team, "channel_id": NORTH_EAST}
            return urlencode({**form, "trigger_id": trigger, "response_url": "http://127.0.0.1:9/"}).encode(), FORM
        case 1:
            action = luck.choice(actions())
            carried = {
                "action_id": action,
                "block_id": "b",
                "type": "button",
                "value": button_value(luck, keys, action),
            }
            payload: dict[str, object] = {"type": "block_actions", "actions": [carried], "trigger_id": trigger}
            payload |= {"channel": {"id": NORTH_EAST}, "response_url": "http://127.0.0.1:9/"}
        case _:
            form_sent = luck.choice(forms())
            view = {"id": f"V{luck.randrange(10**6)}", "type": "modal", "callback_id": form_sent["callback_id"]}
            view |= {"private_metadata": metadata(luck, keys, form_sent["callback_id"])}
            view |= {"state": {"values": forged_state(form_sent["blocks"], [AMIRA, PRIYA], luck)}}
            payload = {"type": "view_submission", "view": view, "trigger_id": trigger}
    payload |= {"user": who, "team": {"id": "T0DEPT"}}
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def _badly_signed(world: World, luck: Random, body: bytes, kind: str) -> Answer:
    if luck.random() < 0.5:
        return world.post(body, kind, secret=luck.choice(("", "secret", "0" * 32)))
    return world.post(body, kind, at=int(time.time()) + luck.choice((-3600, -301, 600, 10**9)))


def _rows(session: Session) -> Rows:
    """Every row of every table; the last of each is its key, where it has one."""
    found: Rows = {}
    for table in SQLModel.metadata.sorted_tables:
        key = "public_id" if "public_id" in table.columns else next(iter(table.primary_key)).name
        order = ", ".join(column.name for column in table.primary_key)
        rows = session.execute(text(f"select *, {key} from {table.name} order by {order}"))  # our names
        found[table.name] = [tuple(map(str, row)) for row in rows]
    return found


def _expect_no_fault(world: World, outcome: Outcome) -> None:
    log = world.log.read_text(encoding="utf-8")
    outcome.expect("Traceback" not in log, f"the log has a fault: {log[log.find('Traceback') - 300 :][:1500]}")
