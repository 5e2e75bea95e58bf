"""What the store finds quickly is what a look at every message would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workspace.copies import clone
from workspace.state.store import Conversation, Message, Pin

# Each step puts a message at the end (a reply to an earlier one, or ephemeral, or neither) or takes one away.
STEPS = st.lists(st.tuples(st.sampled_from(["add", "reply", "ephemeral", "remove"]), st.integers(0, 30)), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(STEPS)
def test_messages_are_found_as_by_looking_at_each(steps: list[tuple[str, int]]) -> None:
    conversation = Conversation("C0", "c", "channel", [])
    naive: list[Message] = []
    for number, (step, at) in enumerate(steps):
        if step == "remove":
            if naive:
                gone = naive.pop(at % len(naive))
                conversation.pins.append(Pin(gone.ts, "U0", 0))
                conversation.remove(gone)
            continue
        message = Message("C0", f"1795339200.{number:06d}", "U0", "x")
        message.thread_ts = naive[at % len(naive)].ts if step == "reply" and naive else None
        message.only_for = "U0" if step == "ephemeral" else None
        conversation.add(message)
        naive.append(message)
    assert conversation.messages == naive
    for number in range(len(steps)):
        ts = f"1795339200.{number:06d}"
        assert conversation.find(ts) is next((one for one in naive if one.ts == ts), None)
        assert conversation.replies(ts) == [one for one in naive if one.thread_ts == ts and one.only_for is None]
    assert conversation.pins == []


@given(JSON)
def test_a_copy_shares_nothing(value: object) -> None:
    copied = clone(value)
    assert copied == value

    def containers(inner: object) -> list[int]:
        below = list(inner.values()) if isinstance(inner, dict) else inner if isinstance(inner, list) else []
        own = [id(inner)] if isinstance(inner, dict | list) else []
        return [*own, *(one for each in below for one in containers(each))]

    assert not set(containers(copied)) & set(containers(value))
