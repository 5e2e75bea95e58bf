"""Each test once: of one that is written for each kind of database or each way in, the one variant that its name falls
on, so that each kind and each way is played by about half of the tests. And the long ones in a small form."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import pytest
from hypothesis import settings

T = TypeVar("T")
KIND = re.compile(r"(?:sqlite|postgresql)(?:-http|-socket)?")


def name_of(item: pytest.Item) -> str:
    """What a test is called in all its variants."""
    name, _, variant = item.nodeid.partition("[")
    return f"{name}[{KIND.sub('', variant)}"


def one_of_each(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests with one variant of each, in their order, and the variants that are left out."""
    variants: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        variants[name_of(item)].append(item)
    chosen = {each[crc32(name.encode()) % len(each)] for name, each in variants.items()}
    return [item for item in items if item in chosen], [item for item in items if item not in chosen]


def usual_or(usual: T, small: T) -> T:
    """How much of a long test is played: as usual, or with --once less of it."""
    return small if settings.get_current_profile_name() == "once" else usual
