from __future__ import annotations

from tests.render.compare.conftest import Compare, Compared

BASE = {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: one\n  b: two\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
}


def _cause(found: Compared) -> tuple[str, int, str, bool]:
    change = found.base.changes.objects[0]
    cause = found.causes.of(change, change.fields[0] if change.fields else None)[0]
    return cause.span.path, cause.span.line, cause.side, cause.edited


def test_a_changed_value_is_caused_by_its_line(compared: Compare) -> None:
    after = {**BASE, "base/config.yaml": BASE["base/config.yaml"].replace("two", "three")}
    assert _cause(compared(BASE, after)) == ("base/config.yaml", 6, "head", True)


def test_a_value_that_is_gone_is_caused_by_the_line_that_was(compared: Compare) -> None:
    after = {**BASE, "base/config.yaml": BASE["base/config.yaml"].replace("  a: one\n", "")}
    found = compared(BASE, after)
    assert _cause(found) == ("base/config.yaml", 5, "base", True)


def test_a_patch_is_the_cause_and_not_the_line_that_it_overrides(compared: Compare) -> None:
    patch = (
        "patches:\n  - patch: |\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: web}\n"
        "      data:\n        a: other\n"
    )
    after = {**BASE, "overlays/prod/kustomization.yaml": BASE["overlays/prod/kustomization.yaml"] + patch}
    assert _cause(compared(BASE, after)) == ("overlays/prod/kustomization.yaml", 8, "head", True)


def test_an_object_that_is_no_longer_listed(compared: Compare) -> None:
    before = {**BASE, "base/kustomization.yaml": "resources:\n  - config.yaml\n  - more.yaml\n"}
    before["base/more.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"
    after = {**before, "base/kustomization.yaml": "resources:\n  - config.yaml\n"}
    assert _cause(compared(before, after)) == ("base/kustomization.yaml", 3, "base", True)


def test_a_changed_list_is_caused_by_the_edit_nearest_to_it(compared: Compare) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostname: a\n  containers:\n    - name: web\n"
    pod += "      image: web:1\n      command:\n        - ./web\n        - --level=info\n"
    before = {**BASE, "base/config.yaml": pod, "base/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"}
    listed = "resources: [a.yaml, config.yaml]\n"
    changed = pod.replace("info", "debug").replace("hostname: a", "hostname: b")
    after = {**before, "base/config.yaml": changed, "base/kustomization.yaml": listed}
    found = compared(before, after)
    change = next(change for change in found.base.changes.objects if change.kind == "changed")
    field = next(change.at("spec", "containers", "*", "command"))
    cause = found.causes.of(change, field)[0]
    assert (cause.span.path, cause.span.line, cause.edited) == ("base/config.yaml", 11, True)
