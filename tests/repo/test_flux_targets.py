from __future__ import annotations

import pytest

from gitlint_ops.repo.flux_targets import OwnValues, target_layer


@pytest.mark.parametrize(
    ("text", "literal", "expected"),
    [
        ("3", False, ("set", ["a.b=3"])),
        ("'3'", False, ("set_string", ["a.b=3"])),
        ('"', False, ("set_string", ["a.b="])),
        ("'3\"", False, ("set", ["a.b='3\""])),
        ("{x},[y]\\", True, ("set_string", ["a.b=\\{x\\}\\,\\[y\\]\\\\"])),
        ("'3'", True, ("set_string", ["a.b='3'"])),
    ],
)
def test_the_form_of_a_value(text: str, literal: bool, expected: tuple[str, list[str]]) -> None:
    assert target_layer("a.b", text, literal=literal) == expected


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        ("top", False),
        ("map.x", True),
        ("map.sub.x", True),
        ("gone.x", False),
        ("list[0]", True),
        ("map.list[0].x", True),
        ("gone[0]", False),
        ("with\\.dot", False),
        ("with\\.dot.x", True),
        ("", False),
    ],
)
def test_what_stays_over_the_own_values(target: str, stays: bool) -> None:
    values = {"top": 1, "map": {"x": 1, "sub": {"x": 1}, "list": [1]}, "list": [1], "with.dot": {"x": 1}}
    assert OwnValues(values).yields_to(target) is stays


def test_what_was_merged_before_is_copied() -> None:
    own = OwnValues({"map": {"x": 1, "sub": {"x": 1}, "list": [1]}})
    own.add({"map": {"y": 2}})
    assert [own.yields_to(target) for target in ("map.x", "map.sub.x", "map.list[0]")] == [False, True, True]
    own.add_target()
    assert [own.yields_to(target) for target in ("map.x", "map.sub.x", "map.list[0]")] == [False, False, True]
