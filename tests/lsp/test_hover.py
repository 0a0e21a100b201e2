from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gitlint_ops.lsp.hover import code_span, hover_text
from tests.report.samples import RULE

HERE = ("base/a.yaml", 3)
CHAIN: dict[str, Any] = {
    "field": "spec.replicas",
    "value": 2,
    "masked": False,
    "environments": ["dev", "prod"],
    "objects": [{"kind": "Deployment", "name": "web", "delivery": "d"}],
    "origins": [{"location": {"path": "base/a.yaml", "line": 3}, "exact": True}],
}


def origin(path: str, line: int, *, exact: bool) -> dict[str, Any]:
    return {"location": {"path": path, "line": line}, "exact": exact}


def said(**changed: Any) -> str:
    return hover_text([], [CHAIN | changed], *HERE).removeprefix("**Rendered as**\n\n")


def test_a_rule_and_a_field() -> None:
    assert hover_text([RULE], [CHAIN], *HERE) == (
        "**mutable-image-tag**: A container image is named by a tag that can change under it.\n\n"
        "Two pods of one Deployment may run different code.\n\n**How to fix**: Name a version or a digest.\n\n---\n\n"
        "**Rendered as**\n\n- `dev`, `prod`: `spec.replicas` of `Deployment web` is `2`, set here"
    )


def test_nothing_to_say() -> None:
    assert hover_text([], [], *HERE) == ""


@pytest.mark.parametrize(
    ("origins", "cause"),
    [
        ([origin("o/k.yaml", 8, exact=True), origin(*HERE, exact=True)], "set here and by `o/k.yaml:8`"),
        ([origin("o/k.yaml", 8, exact=True), origin(*HERE, exact=False)], "set by `o/k.yaml:8`"),
        ([origin("o/k.yaml", 8, exact=False)], "near `o/k.yaml:8`"),
    ],
)
def test_who_sets_it(origins: list[dict[str, Any]], cause: str) -> None:
    assert said(origins=origins).endswith(f"is `2`, {cause}")


def test_a_secret_is_not_shown() -> None:
    assert said(masked=True, value="hunter2").endswith("is a secret value, set here")


def test_many_are_counted() -> None:
    objects = [{"kind": "Deployment", "name": f"web{number}", "delivery": f"d{number}"} for number in range(10)]
    assert said(environments=[], objects=objects).startswith(
        "- `d0`, `d1`, `d2`, `d3`, `d4`, `d5`, `d6`, `d7` and 2 more"
    )
    assert hover_text([], [CHAIN] * 15, *HERE).endswith("\n- and 3 more")


def test_text_of_the_repository_stays_text() -> None:
    assert code_span("a`b``c") == "```a`b``c```"
    assert code_span("`") == "`` ` ``"
    assert code_span("a\n[x](y)") == "`a\\n[x](y)`"
    own = replace(RULE, builtin=False, why="[x](https://e.example)")
    assert "](" not in hover_text([own], [], *HERE)
