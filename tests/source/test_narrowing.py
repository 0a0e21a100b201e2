from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.source.narrowing import at_pointer, elements, index_in, items, mapping, texts

OTHERS: tuple[Any, ...] = (None, True, 3, 1.5, "text", "")


@pytest.mark.parametrize("value", OTHERS)
def test_what_has_another_type_counts_as_absent(value: Any) -> None:
    assert mapping(value) == mapping({"a": value}, "a") == mapping(value, "a", "b") == {}
    assert elements(value) == list(items(value)) == texts(value) == []
    assert at_pointer(value, "/a/0") is None


def test_what_has_the_type_is_given() -> None:
    assert mapping({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert elements([1, None]) == [1, None]
    assert list(items([1, {"a": 1}, [], {}])) == [(1, {"a": 1}), (3, {})]
    assert texts(["a", 1, None, ["b"], ""]) == ["a", ""]


@pytest.mark.parametrize(
    ("step", "index"), [("0", 0), ("1", 1), ("2", None), ("-", None), ("²", None), ("9" * 5000, None)]
)
def test_a_step_that_means_no_element(step: str, index: int | None) -> None:
    assert index_in(["a", "b"], step) == index


def test_pointers() -> None:
    value = {"a/b": [{"c~d": 1}], "0": 2}
    assert [at_pointer(value, text) for text in ("/a~1b/0/c~0d", "/0", "/a~1b/-/x", "/a~1b/1", "")] == [
        1,
        2,
        None,
        None,
        value,
    ]
