from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.identity import Identity, SourceObject
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.render.provenance.selectors import identifies, matches_any, selects
from gitlint_ops.repo.model import Delivery, KustomizeUnit

UNIT = KustomizeUnit("prod")
DATA: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "prod-web", "namespace": "shop", "labels": {"tier": "front", "app": "web"}},
}
SOURCE = SourceObject({"kind": "Deployment", "metadata": {"name": "web"}}, Place("web.yaml"))
DELIVERY = Delivery("prod", "none", "Kustomization", "", "prod", (UNIT,))
WEB = Identity(RenderedObject("apps/v1", "Deployment", "shop", "prod-web", DATA, DELIVERY, UNIT), SOURCE)


@pytest.mark.parametrize(
    ("target", "selected"),
    [
        ({}, True),
        ({"kind": "Deploy.*"}, True),
        ({"kind": "Deploy"}, False),
        ({"group": "apps", "version": "v1"}, True),
        ({"group": "batch"}, False),
        ({"name": "web"}, True),
        ({"name": "prod-web"}, True),
        ({"name": "prod-.*"}, True),
        ({"name": "api"}, False),
        ({"namespace": "shop"}, True),
        ({"namespace": "default"}, True),
        ({"namespace": "other"}, False),
        ({"labelSelector": "tier=front,app!=api"}, True),
        ({"labelSelector": "tier in (back, front)"}, True),
        ({"labelSelector": "tier notin (front)"}, False),
        ({"labelSelector": "!tier"}, False),
        ({"labelSelector": "owner"}, False),
        ({"annotationSelector": "a=b"}, False),
    ],
)
def test_a_target(target: dict[str, str], selected: bool) -> None:
    assert selects(target, WEB) is selected


def test_a_patch_without_target_goes_by_its_own_identity() -> None:
    patch: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    assert identifies(patch, WEB)
    assert not identifies(patch | {"metadata": {"name": "api"}}, WEB)
    assert not identifies(patch | {"apiVersion": "extensions/v1"}, WEB)
    assert not identifies(patch | {"metadata": {"name": "web", "namespace": "other"}}, WEB)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)" * 30, "a?" * 30 + "a" * 30, "a*" * 20 + "b", "(a{1,9}){1,9}"])
def test_an_expression_that_would_take_ages_is_a_plain_text(pattern: str) -> None:
    assert not matches_any(pattern, ["a" * 60 + "!"])
    assert matches_any(pattern, [pattern])


@pytest.mark.parametrize("pattern", ["[[", "[0--", "(?P<x>", "["])
def test_an_expression_that_python_does_not_know_is_a_plain_text(pattern: str) -> None:
    assert matches_any(pattern, [pattern])


@pytest.mark.parametrize("pattern", ["web-.*", "(api|web)-[a-z]+", r"web\\-(?:x|y)?prod", "^web-prod$"])
def test_usual_expressions_match(pattern: str) -> None:
    assert matches_any(pattern.replace("\\\\", "\\"), ["api", "web-prod"])
