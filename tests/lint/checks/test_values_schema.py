from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.values_schema import ValueFault, faults, sections
from gitlint_ops.lint.schemas.fault import SchemaView
from tests.lint.checks.support import findings

VIEW = SchemaView({"properties": {"image": {"properties": {"tag": {}, "repository": {}}}}}, "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            "- at '/replicas': got string, want integer",
            ValueFault(("replicas",), "it must be an integer, not a string"),
        ),
        (
            "- at '/a/0/b~1c': got null, want string or object",
            ValueFault(("a", 0, "b/c"), "it must be a string or a mapping, not a null"),
        ),
        (
            "- at '/image': additional properties 'tagg' not allowed",
            ValueFault(("image", "tagg"), "the chart has no such value; did you mean tag?", on_key=True),
        ),
        (
            "- at '/image': additional properties 'zzz' not allowed",
            ValueFault(("image", "zzz"), "the chart has no such value; it has repository, tag", on_key=True),
        ),
        (
            "- at '': missing property 'image'",
            ValueFault(("image",), "it is required, and missing", on_key=True, exact=False),
        ),
        ("- at '/size': minimum: got 0, want 1", ValueFault(("size",), "its minimum is 1, and it has 0")),
        ("- at '/mode': value must be 'a'", ValueFault(("mode",), "value must be 'a'")),
    ],
)
def test_each_form_of_helms_lines(line: str, fault: ValueFault) -> None:
    assert list(faults([line], VIEW)) == [fault]


def test_alternatives_of_which_none_fits_are_one_fault() -> None:
    lines = [
        "- at '/port': anyOf failed, none matched",
        "  - at '/port': got boolean, want integer",
        "  - at '/port': got boolean, want string",
        "- at '/size': got string, want integer",
    ]
    assert [(fault.path, fault.reason) for fault in faults(lines, VIEW)] == [
        (("port",), "it fits none of the forms that the schema allows, or more of them than it may"),
        (("size",), "it must be an integer, not a string"),
    ]


def test_sections_are_the_charts() -> None:
    text = "values don't meet the specifications:\nweb:\n- at '/a': x\n  - at '/b': y\nredis:\n- at '/c': z\n"
    assert sections(text) == [("web", ["- at '/a': x", "  - at '/b': y"]), ("redis", ["- at '/c': z"])]


def _chart(schema: str, values: str) -> dict[str, str]:
    return {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/values.yaml": "{}\n",
        "web/values-prod.yaml": values,
        "web/values.schema.json": schema,
    }


def test_a_password_is_not_printed(tmp_path: Path) -> None:
    schema = '{"properties": {"db": {"properties": {"password": {"pattern": "^[a-z]{40}$"}}}}}'
    (found,) = findings(tmp_path, _chart(schema, "db:\n  password: hunter2\n"), "values-schema-error", "render-failed")
    assert (found.rule, found.span.line) == ("values-schema-error", 2)
    assert found.message == (
        "the values.schema.json of chart web refuses db.password: its value does not satisfy the schema"
    )


def test_a_key_that_is_nowhere_has_the_place_of_the_last_layer(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, _chart('{"required": ["image"]}', "# prod\nreplicas: 1\n"), "values-schema-error")
    assert (found.span.path, found.span.line, found.exact) == ("web/values-prod.yaml", 2, False)
