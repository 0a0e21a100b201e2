from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gitlint_ops.report.manifests import render_yaml


def read(text: str, version: tuple[int, int]) -> list[Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    return list(yaml.load_all(io.StringIO(text)))


def test_a_stream_reads_like_kubectls() -> None:
    objects = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "web", "labels": {}, "annotations": {"a.b/c": "true", "on": "1.10"}},
            "data": {"run.sh": "#!/bin/sh\necho hi\n", "empty": "", "spaces": "a \nb"},
        },
        {"kind": "List", "items": [{"n": 1, "x": [1.5, None, True]}, [], "plain", ["a"]]},
    ]
    assert (
        render_yaml(objects)
        == """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels: {}
  annotations:
    a.b/c: "true"
    "on": "1.10"
data:
  run.sh: |
    #!/bin/sh
    echo hi
  empty: ""
  spaces: "a \\nb"
---
kind: List
items:
- "n": 1
  x:
  - 1.5
  - null
  - true
- []
- plain
- - a
"""
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_what_is_printable_is_kept_and_the_rest_is_escaped() -> None:
    assert render_yaml([{"a": 'größe "x" \\ \x1b \x85 \u2028 😀'}]) == (
        'a: "größe \\"x\\" \\\\ \\e \\x85 \\u2028 😀"\n'
    )


@pytest.mark.parametrize("item", ["x", [1, [2]], {"a": {"b": 1}}, "two\nlines\n", [], {}])
def test_a_very_long_key_is_read_back(item: Any) -> None:
    value = {"k" * 2000: item, "next": 1}
    assert read(render_yaml([value]), (1, 2)) == [value]
    assert read(render_yaml([value]), (1, 1)) == [value]


@given(st.dictionaries(st.text(), values, min_size=1))
def test_yaml_1_2_reads_back_the_same(value: dict[str, Any]) -> None:
    assert read(render_yaml([value]), (1, 2)) == [value]


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "on", "y", "null", "~", "1e3", "0777", "0x1f", "1_000", "12:30:45", "2024-01-01", "=", "<<", ".5",
     "- a", "a: b", "a #b", "'", '"', "|", "%x", "@x", "*x", "&x", "!x", "ends: ", " leads", "\ttab", "\x85", "\ufeff",
     "😀", "a\n\nb\n", "\n", "a\n\n", "  a\nb", "a\r\nb", "---\nx", "\x1b[2J", "trailing \nblank"],
)  # fmt: skip
@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
def test_texts_stay_texts(text: str, version: tuple[int, int]) -> None:
    value = {"key": text, "list": [text], text: "as key"}
    assert read(render_yaml([value]), version) == [value]


def test_texts_that_a_ci_runner_obeys_are_escaped_and_stay_the_same() -> None:
    objects = [{"a": "##[error]x", "b": "x\n##[group]y", "c": "x\n  ::set-output name=y::z", "d": "a::b\nc"}]
    text = render_yaml(objects)
    assert (
        text == 'a: "#\\x23[error]x"\nb: "x\\n#\\x23[group]y"\nc: "x\\n  ::set-output name=y::z"\nd: |-\n  a::b\n  c\n'
    )
    assert read(text, (1, 2)) == objects


@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
def test_large_numbers_stay_numbers(version: tuple[int, int]) -> None:
    objects = [{"a": 1e16, "b": 1.5e-9, "c": 1e-7}]
    assert read(render_yaml(objects), version) == objects
