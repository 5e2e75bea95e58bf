"""make check plays each test in one of its variants, and each kind of database and each way in about as often."""

from collections import Counter

from tests.once import one_of_each

WAYS = ("sqlite-http", "postgresql-socket")


def test_each_test_is_kept_once_and_one_without_variants_stays() -> None:
    names = [f"test_a.py::test_{number}" for number in range(50)]
    cases = [f"{name}[{way}-{case}]" for name in names for way in WAYS for case in ("first", "second")]
    kept = one_of_each([*names, *cases])
    assert kept >= set(names)
    assert Counter(each.partition("[")[0] for each in kept) == dict.fromkeys(names, 3), "and itself"


def test_each_kind_and_way_is_played_by_about_half_of_the_tests() -> None:
    kept = one_of_each(f"test_a.py::test_{number}[{way}]" for number in range(1000) for way in WAYS)
    of_each = Counter(each.partition("[")[2] for each in kept)
    assert set(of_each) == {f"{way}]" for way in WAYS}
    assert all(400 < count < 600 for count in of_each.values())


def test_the_same_variants_are_kept_each_time_whatever_else_there_is() -> None:
    few = [f"test_a.py::test_{number}[{kind}]" for number in range(20) for kind in ("sqlite", "postgresql")]
    more = [f"test_b.py::test_{number}[{kind}]" for number in range(20) for kind in ("sqlite", "postgresql")]
    assert one_of_each([*more, *few]) & set(few) == one_of_each(few)
