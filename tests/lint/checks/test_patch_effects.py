from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop, labels: {tier: front}}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "web:1.0.0", args: [a, b]}]}
    """
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}


def _overlay(patches: str, more: str = "") -> dict[str, str]:
    return {**BASE, "prod/kustomization.yaml": f"resources: [../base]\n{more}patches:\n{patches}"}


def _patch(target: str, operations: str) -> str:
    return f"- target: {target}\n  patch: |-\n    {operations}\n"


def _merge(spec: str) -> str:
    head = "apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web, namespace: shop}"
    return f"- patch: |-\n    {head}\n    spec: {spec}\n"


# What changes nothing


@pytest.mark.parametrize(
    ("patch", "count"),
    [
        (_merge("{replicas: 3}"), 1),
        (_merge("{replicas: 4}"), 0),
        (_merge("{paused: null}"), 1),
        (_merge("{replicas: null}"), 0),
        (_merge("{template: {spec: {containers: [{name: web, args: [a, b]}]}}}"), 1),
        (_merge("{template: {spec: {containers: [{name: web, args: [a]}]}}}"), 0),
        (_merge("{template: {spec: {containers: [{name: other, image: 'web:1.0.0'}]}}}"), 0),
        (_patch("{kind: Deployment}", "- {op: replace, path: /spec/replicas, value: 3}"), 1),
        (_patch("{kind: Deployment}", "- {op: add, path: /metadata/labels/tier, value: front}"), 1),
        (_patch("{kind: Deployment}", "- {op: add, path: /spec/template/spec/containers/0/args/0, value: a}"), 0),
        (_patch("{kind: Deployment}", "- {op: remove, path: /spec/replicas}"), 0),
    ],
)
def test_a_patch_without_effect(patch: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, _overlay(patch), "no-op-patch")
    assert places(found) == [("prod/kustomization.yaml", 3)] * count


def test_of_two_suspects_only_the_one_without_effect_is_named(tmp_path: Path) -> None:
    # The second repeats the base's value, but the middle kustomization has changed it since.
    files = _overlay(_merge("{revisionHistoryLimit: 5}") + _merge("{replicas: 3}"))
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace("../base", "../middle")
    files["middle/kustomization.yaml"] = "resources: [../base]\npatches: [path: patch.yaml]\n"
    files["middle/patch.yaml"] = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
        "spec: {replicas: 7, revisionHistoryLimit: 5}\n"
    )
    assert places(findings(tmp_path, files, "no-op-patch")) == [("prod/kustomization.yaml", 3)]


def test_environments_that_each_state_their_own_value_may_repeat_the_base(tmp_path: Path) -> None:
    files = _overlay(_merge("{replicas: 3}"))
    files["stage/kustomization.yaml"] = files["prod/kustomization.yaml"].replace("replicas: 3", "replicas: 1")
    assert findings(tmp_path, files, "no-op-patch") == ()


def test_labels_that_are_there_in_part_are_no_suspects(tmp_path: Path) -> None:
    files = _overlay(_merge("{replicas: 4}"), "labels: [{pairs: {tier: front, team: shop}}]\n")
    assert findings(tmp_path, files, "no-op-patch") == ()
    files = _overlay(_merge("{replicas: 4}"), "commonLabels: {tier: front}\n")
    assert findings(tmp_path, files, "no-op-patch") == ()
    files = _overlay(_merge("{replicas: 4}"), "labels: [{pairs: {tier: front}}]\n")
    assert places(findings(tmp_path, files, "no-op-patch")) == [("prod/kustomization.yaml", 2)]


# Targets that are not there

OPERATION = "- {op: add, path: /spec/paused, value: true}"


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("{kind: Deployment, name: wbe}", "; did you mean 'web'?"),
        ("{kind: StatefulSet, name: web}", "; 'web' is a Deployment here"),
        ("{group: extensions, kind: Deployment, name: web}", "; its apiVersion is apps/v1 here"),
        ("{kind: Deployment, name: web, namespace: other}", "; its namespace is shop here"),
        ("{kind: Deployment, name: eu-web}", "; it has that name or namespace only after the patches"),
        ("{kind: Job, name: clean}", ""),
    ],
)
def test_the_message_says_what_is_there_instead(target: str, hint: str, tmp_path: Path) -> None:
    more = "namePrefix: eu-\n" if "eu-" in target else ""
    (found,) = findings(tmp_path, _overlay(_patch(target, OPERATION), more), "patch-target-missing")
    assert f"({target[1:-1]})" in found.message
    assert f"applies it to nothing and says nothing{hint}" in found.message
    assert found.severity == "error"


@pytest.mark.parametrize(
    "target",
    [
        "{kind: Deployment, name: w.b}",
        "{kind: Deployment, namespace: shop}",
        "{labelSelector: 'tier in (front, back)'}",
        "{labelSelector: tier=front}",
        "{version: v1, group: apps}",
    ],
)
def test_targets_that_match(target: str, tmp_path: Path) -> None:
    assert findings(tmp_path, _overlay(_patch(target, OPERATION)), "patch-target-missing") == ()


def test_a_target_that_an_earlier_patch_deletes_is_not_there(tmp_path: Path) -> None:
    patches = _merge("{}").replace("spec: {}", "$patch: delete") + _patch("{kind: Deployment, name: w.b}", OPERATION)
    files = _overlay(patches)
    files["base/kustomization.yaml"] = "resources: [web.yaml, map.yaml]\n"
    files["base/map.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    # The document below still says that it is: only plain cases are looked up, so nothing is claimed.
    assert findings(tmp_path, files, "patch-target-missing") == ()
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace(
        "{kind: Deployment, name: w.b}", "{kind: X}"
    )
    assert [item.severity for item in findings(tmp_path, files, "patch-target-missing")] == ["warning"]


def test_a_component_needs_one_user_with_the_target(tmp_path: Path) -> None:
    kind = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {
        **BASE,
        "part/kustomization.yaml": f"{kind}patches:\n{_patch('{kind: Deployment, name: web}', OPERATION)}",
        "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\n",
        "none/kustomization.yaml": "resources: [map.yaml]\ncomponents: [../part]\n",
        "none/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
    }
    assert findings(tmp_path, files, "patch-target-missing") == ()
    files["prod/kustomization.yaml"] = "resources: [../base]\n"
    assert places(findings(tmp_path, files, "patch-target-missing")) == [("part/kustomization.yaml", 4)]


def test_what_flux_bootstrap_fills_in_later_is_not_judged(tmp_path: Path) -> None:
    files = _overlay(_patch("{kind: Deployment, name: source-controller}", OPERATION))
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace("../base", "gotk-components.yaml")
    files["prod/gotk-components.yaml"] = "# filled in by flux bootstrap\n"
    assert findings(tmp_path, files, "patch-target-missing") == ()


def test_a_kustomization_that_does_not_build_is_not_judged(tmp_path: Path) -> None:
    files = _overlay(_patch("{kind: Job}", OPERATION), "components: [../gone]\n")
    assert findings(tmp_path, files, "patch-target-missing", "no-op-patch") == ()
