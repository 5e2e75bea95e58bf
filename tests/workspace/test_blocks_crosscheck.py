"""Our reading of Block Kit against another project's: what one accepts the other accepts, but for what is listed here.

Every block and element is changed at its limits, one change at a time and then several at once. The table below has
each disagreement with the reason for ours; one that is no longer there fails the test as much as one that is new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.once import usual_or
from tests.workspace.limits import Change, Json, changes, samples
from tests.workspace.second_opinion import accepts
from workspace.blocks import check_blocks, check_view

SURFACES = ("message", "modal", "home")


@dataclass(frozen=True)
class Disagreement:
    """`cases` is a pattern for `surface sample:path change`. In all of them they accept and we refuse.

    `page` stands below https://docs.slack.dev/reference/block-kit.
    """

    cases: str
    what: str
    why: str
    page: str


WORDS = "must not be empty: Slack wants at least one character wherever it takes any"
DISAGREEMENTS = [
    Disagreement(
        r"home (container|container with rich title): whole",
        "a container in the Home tab",
        "what is known of Slack says messages alone",
        "blocks/container-block",
    ),
    Disagreement(
        r"home \w+ chart: whole",
        "a chart in the Home tab",
        "what is known of Slack says messages alone",
        "blocks/data-visualization-block",
    ),
    Disagreement(
        r"(message|home) file_input: whole",
        "a file input outside a modal",
        "the page: only in modals",
        "block-elements/file-input-element",
    ),
    Disagreement(
        r"message file: whole",
        "a file block that an app sends",
        "the page: it cannot be added to app surfaces directly, and is seen in messages that are read",
        "blocks/file-block",
    ),
    Disagreement(
        r"\w+ section with moment: whole",
        "a date and time picker beside a section",
        "the page lists actions and input blocks alone",
        "block-elements/datetime-picker-element",
    ),
    Disagreement(
        r"\w+ actions with (multi_users_select|plain_text_input): whole",
        "a multi-select or a text field among actions",
        "the page for actions: buttons, menus, overflow menus, pickers; they do not look which element it is",
        "blocks/actions-block",
    ),
    Disagreement(
        r".*:(elements|fields|actions|elements\.actions|column_settings|(tasks\.)?sources|rows) count 0",
        "an empty list",
        "a list that is there has something in it; only the most is documented",
        "blocks",
    ),
    Disagreement(
        r".*customizable_input_parameters count 0", "an empty list", "as above", "composition-objects/trigger-object"
    ),
    Disagreement(r".*filetypes count 0", "an empty list", "as above", "block-elements/file-input-element"),
    Disagreement(r".*quote:elements\.elements count 0", "an empty quotation", "as above", "blocks/rich-text-block"),
    Disagreement(
        r".*filetypes length .*",
        "a file type longer than any there is",
        "no length is documented: 50",
        "block-elements/file-input-element",
    ),
    Disagreement(r".*:elements missing", "no elements at all", "the page: required", "blocks/actions-block"),
    Disagreement(
        r".*alt_text missing",
        "a picture without alternative text",
        "the page: required; they put a blank in its place",
        "blocks/image-block",
    ),
    Disagreement(
        r".*:elements\.icon missing",
        "an icon button without its icon",
        "the page: required; they put the only icon there is in its place",
        "block-elements/icon-button-element",
    ),
    Disagreement(
        r".*:slack_file\.id missing",
        "a Slack file with neither id nor URL",
        "the page: one of them",
        "composition-objects/slack-file-object",
    ),
    Disagreement(
        r".*\.(options|option_groups) missing",
        "a menu with neither options nor groups",
        "the page: options, or groups in their place",
        "block-elements/select-menu-element",
    ),
    Disagreement(
        r".*\.workflow missing",
        "a workflow button without its workflow",
        "the page: required",
        "block-elements/workflow-button-element",
    ),
    Disagreement(r".* length 0", "an empty string", WORDS, "composition-objects/text-object"),
    Disagreement(
        r".*url length 1",
        "a URL that is not one",
        "Slack takes http and https; they do not look",
        "blocks/image-block",
    ),
    Disagreement(
        r".*(sources|trigger)\.url length (3001|12000|12001)",
        "a longer URL than Slack takes anywhere",
        "3,000, as for every other URL",
        "composition-objects/trigger-object",
    ),
    Disagreement(
        r".*(actions|elements|accessory|workflow_button)\.style other",
        "a button of an unknown style",
        "the page: primary or danger; they do not look",
        "block-elements/button-element",
    ),
    Disagreement(
        r".* chart:chart\.(series|segments) count (7|10|11|12)",
        "7 to 12 series or segments",
        "the page has said 6, and later 12: the stricter",
        "blocks/data-visualization-block",
    ),
    Disagreement(
        r".*data_table:rows count (102|201)",
        "102 to 201 rows of a data table",
        "the page has said 101, and later 201: the stricter",
        "blocks/data-table-block",
    ),
    Disagreement(
        r".*table:rows\.text length (12000|12001)",
        "more than 10,000 characters in a table",
        "the pages: 10,000; for data tables later 20,000: the stricter",
        "blocks/table-block",
    ),
    Disagreement(
        r".*video:(title|description)\.text length 200",
        "a video's title or description of 200 characters",
        "the page: less than 200",
        "blocks/video-block",
    ),
    Disagreement(
        r".*video:author_name length 50", "an author of 50 characters", "the page: less than 50", "blocks/video-block"
    ),
    Disagreement(
        r".*(data_table:caption|plan:title|plan:tasks\.title|task_card:title|sources\.text|parameters\.value)"
        r" length (3001|12000|12001)",
        "words for which no length is documented",
        "a text object's 3,000",
        "composition-objects/text-object",
    ),
    Disagreement(
        r".*elements\.text length 12001",
        "more than 12,000 characters in one run of rich text",
        "no length is documented: a markdown block's 12,000",
        "blocks/rich-text-block",
    ),
    Disagreement(
        r".*plain_text_input:element\.initial_value length (3001|12000|12001)",
        "a longer initial value than may be typed",
        "the page: at most 3,000 can be typed",
        "block-elements/plain-text-input-element",
    ),
    Disagreement(
        r".*number_input:element\.initial_value length .*",
        "a number that is not one",
        "the page: a number in a string",
        "block-elements/number-input-element",
    ),
    Disagreement(
        r".*rich_text_input:element\.(min_lines = 100|max_lines = 1)",
        "fewer lines at most than at least",
        "no field can have both",
        "block-elements/rich-text-input-element",
    ),
    Disagreement(
        r".*filter\.include count \d+",
        "a kind of conversation named again and again",
        "there are four kinds",
        "composition-objects/conversation-filter-object",
    ),
    Disagreement(
        r".*(sources|customizable_input_parameters|filetypes) count (51|100|101|102|201|202)",
        "more sources, parameters or file types than anybody reads",
        "no number is documented; 50 sources, as tasks, and 100 of the rest, as options",
        "blocks/task-card-block",
    ),
]


def ours(block: Json, surface: str) -> bool:
    return check_blocks([block], surface) == []


def row_of(case: str) -> Disagreement | None:
    return next((row for row in DISAGREEMENTS if re.fullmatch(row.cases, case)), None)


def placed(name: str, block: Json) -> str | None:
    """A surface on which both accept a sample as it is."""
    return next((surface for surface in SURFACES if ours(block, surface) and accepts(block, surface)), None)


def cases() -> Iterator[tuple[str, Json, str]]:
    """Every sample on every surface, and every single change to it."""
    for name, block in samples().items():
        yield from ((f"{surface} {name}: whole", block, surface) for surface in SURFACES)
        if surface := placed(name, block):
            for change in changes(block):
                changed = change.made(block)
                assert changed is not None
                yield f"{surface} {name}:{change}", changed, surface


@lru_cache(maxsize=1)
def disagreed() -> dict[str, tuple[bool, bool]]:
    """The cases in which the answers differ: theirs and ours."""
    found: dict[str, tuple[bool, bool]] = {}
    for case, block, surface in cases():
        answers = accepts(block, surface), ours(block, surface)
        if answers[0] != answers[1]:
            found[case] = answers
    return found


def test_nothing_is_disagreed_about_but_what_is_listed() -> None:
    assert [case for case in disagreed() if row_of(case) is None] == []


@pytest.mark.parametrize("row", DISAGREEMENTS, ids=lambda row: row.what)
def test_every_listed_disagreement_is_real(row: Disagreement) -> None:
    """In all of them it is we who are the stricter."""
    found = [answers for case, answers in disagreed().items() if row_of(case) is row]
    assert set(found) == {(True, False)}


def test_every_sample_stands_somewhere() -> None:
    """What is true of a sample's limits says nothing where the sample itself is refused."""
    refused = {name for name, block in samples().items() if placed(name, block) is None}
    assert refused == {
        "file", "section with moment", "actions with multi_users_select", "actions with plain_text_input"
    }  # fmt: skip


@lru_cache(maxsize=1)
def agreed() -> dict[str, tuple[str, Json, list[Change]]]:
    """Each sample with its surface and the changes about which both agree."""
    found: dict[str, tuple[str, Json, list[Change]]] = {}
    for name, block in samples().items():
        if surface := placed(name, block):
            kept = [change for change in changes(block) if row_of(f"{surface} {name}:{change}") is None]
            found[name] = surface, block, kept
    return found


@settings(max_examples=usual_or(150, 30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_several_changes_at_once(data: st.DataObject) -> None:
    """What both say of each change they say of all together."""
    name = data.draw(st.sampled_from(sorted(agreed())))
    surface, block, kept = agreed()[name]
    drawn = data.draw(st.lists(st.sampled_from(kept), min_size=2, max_size=4)) if kept else []
    for change in drawn:
        block = change.made(block) or block
    assert accepts(block, surface) == ours(block, surface), (surface, [str(change) for change in drawn], block)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=usual_or(100, 30), deadline=None)
@given(JSON, st.sampled_from(SURFACES))
def test_whatever_comes_is_answered_and_nothing_is_raised(value: object, surface: str) -> None:
    assert all(isinstance(problem, str) for problem in check_blocks(value, surface))
    assert all(isinstance(problem, str) for problem in check_view(value, ("modal", "home")))


@settings(max_examples=usual_or(150, 30), deadline=None)
@given(st.data())
def test_a_good_block_with_anything_in_it(data: st.DataObject) -> None:
    """Any value in any place of any block."""
    block = data.draw(st.sampled_from(list(samples().values())))
    paths = sorted({change.path for change in changes(block)}, key=str)
    path = data.draw(st.sampled_from(paths)) if paths else ("type",)
    anything = data.draw(JSON)
    changed = Change(path, "anything", anything).put(block)
    for surface in SURFACES:
        assert all(isinstance(problem, str) for problem in check_blocks([changed], surface))
