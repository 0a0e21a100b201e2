from __future__ import annotations

import itertools

import pytest
import yaml
from ruamel.yaml import YAML

from gitlint_ops.yaml_bounds import MAX_DEPTH, YAMLBoundsError, check_bounds

NAMES = "abcdefghij"
BILLION = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + below] * 9)}]\n" for below, name in itertools.pairwise(NAMES)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join(['*' + below] * 9)}]}}\n" for below, name in itertools.pairwise(NAMES)
)


PARSERS = {
    "ruamel": lambda text: YAML(typ="rt").parse(text),
    "PyYAML": lambda text: yaml.parse(text, Loader=yaml.SafeLoader),
    "libyaml": lambda text: yaml.parse(text, Loader=yaml.CSafeLoader),
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (BILLION, "its aliases stand for more than 200,000 values", 6),
        (MERGES, "its aliases stand for more than 200,000 values", 6),
        ("x: 1\na: &a [1, *a]\n", "its aliases stand for more than 200,000 values", 2),
        ("a: 1\nb: " + "[" * 100_000, "nested deeper than 100 levels", 2),
        ("\n" + "- " * 101 + "x\n", "nested deeper than 100 levels", 2),
    ],
    ids=["aliases", "merge keys", "a circle", "brackets", "dashes"],
)
def test_what_is_too_much_is_refused_at_its_line(text: str, message: str, line: int, parser: str) -> None:
    with pytest.raises(YAMLBoundsError, match=message) as caught:
        check_bounds(PARSERS[parser](text))
    assert caught.value.line == line


@pytest.mark.parametrize("parser", PARSERS)
def test_what_people_write_is_fine(parser: str) -> None:
    check_bounds(
        PARSERS[parser]("defaults: &d {a: 1, b: [1, 2]}\none: {<<: *d}\ntwo: {<<: *d, c: *d}\n---\nother: 1\n")
    )
    check_bounds(PARSERS[parser]("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)))
