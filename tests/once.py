"""Each test once: of one that is written for each kind of database or each way in, the one variant that its name falls
on, so that each kind and each way is played by about half of the tests. And the long ones in a small form."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar
from zlib import crc32

from hypothesis import settings

T = TypeVar("T")
KIND = re.compile(r"(?:^|(?<=-))(?:sqlite|postgresql)(?:-http|-socket)?(?=[-\]])")


def name_of(node_id: str) -> str:
    """What a test is called in all its variants."""
    name, _, variant = node_id.partition("[")
    return f"{name}[{KIND.sub('', variant)}"


def one_of_each(node_ids: Iterable[str]) -> set[str]:
    """One variant of each test."""
    variants: defaultdict[str, list[str]] = defaultdict(list)
    for node_id in node_ids:
        variants[name_of(node_id)].append(node_id)
    return {each[crc32(name.encode()) % len(each)] for name, each in variants.items()}


def usual_or(usual: T, small: T) -> T:
    """How much of a long test is played: as usual, or with --once less of it."""
    return small if settings.get_current_profile_name() == "once" else usual
