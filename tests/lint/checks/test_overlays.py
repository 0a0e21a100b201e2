from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.overlay_size import changed, leaves
from gitlint_ops.lint.checks.overlays import overridden
from tests.lint.checks.support import findings, places


def test_leaves_are_scalars_and_empty_containers() -> None:
    assert leaves({"a": 1, "b": [1, {"c": 2}], "d": {}, "e": []}) == 5


@pytest.mark.parametrize(
    ("patch", "count"),
    [
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"x": "y"}}, "spec": {"a": 1}}, 2),
        (
            {
                "kind": "Pod",
                "spec": {"containers": [{"name": "web", "image": "x", "env": [{"name": "A", "value": "b"}]}]},
            },
            2,
        ),
        ({"kind": "Pod", "metadata": {"name": "a"}, "$patch": "delete"}, 0),
        ([{"op": "add", "path": "/a", "value": {"b": 1, "c": 2}}, {"op": "remove", "path": "/d"}], 3),
        ("text", 0),
    ],
)
def test_changed_fields_leave_out_what_only_names_a_target(patch: object, count: int) -> None:
    assert changed(patch) == count


def test_overridden_values_are_those_of_the_same_keys() -> None:
    assert overridden({"a": {"b": 1, "new": 2}, "c": [1]}, {"a": {"b": 9, "d": 1}, "c": [1, 2, 3]}) == 4


def _overlay(patches: str) -> dict[str, str]:
    return {
        "base/kustomization.yaml": "resources: [config.yaml]\n",
        "base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n",
        "overlays/prod/kustomization.yaml": f"resources: [../../base]\n{patches}",
    }


def test_inline_patches_count(tmp_path: Path) -> None:
    lines = "".join(f"          k{n}: v\n" for n in range(60))
    head = "patches:\n  - patch: |\n        apiVersion: v1\n        kind: ConfigMap\n        metadata: {name: web}\n"
    patches = f"{head}        data:\n{lines}"
    found = findings(tmp_path, _overlay(patches), "oversized-overlay")
    assert places(found) == [("overlays/prod/kustomization.yaml", 2)]
    assert found[0].message.startswith(
        "this overlay has outgrown its base: 60 changed fields (limit 50). Its 1 patch sets"
    )
    assert [(item.span.path, item.message) for item in found[0].related] == [("base/kustomization.yaml", "the base")]


@pytest.mark.parametrize("field", ["patchesStrategicMerge", "patchesJson6902"])
def test_the_older_patch_fields_count(field: str, tmp_path: Path) -> None:
    target = "{version: v1, kind: ConfigMap, name: web}"
    item = "- patch.yaml" if field == "patchesStrategicMerge" else f"- {{path: patch.yaml, target: {target}}}"
    files = _overlay(f"{field}:\n  {item}\n")
    if field == "patchesStrategicMerge":
        files["overlays/prod/patch.yaml"] = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: web}\ndata: {a: c}\n"
    else:
        files["overlays/prod/patch.yaml"] = "- {op: replace, path: /data/a, value: c}\n"
    files[".gitlint-ops.yaml"] = "rules: {oversized-overlay: {options: {max_changed_fields: 0}}}\n"
    found = findings(tmp_path, files, "oversized-overlay")
    assert places(found) == [("overlays/prod/kustomization.yaml", 2)]
    assert "1 changed fields (limit 0)" in found[0].message


def test_a_kustomization_without_a_base_is_no_overlay(tmp_path: Path) -> None:
    files = {
        "web/kustomization.yaml": (
            "resources: [config.yaml]\npatches:\n  - patch: '[{op: replace, path: /data/a, value: c}]'\n"
            "    target: {kind: ConfigMap}\n"
        ),
        "web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n",
        ".gitlint-ops.yaml": "rules: {oversized-overlay: {options: {max_patches: 0}}}\n",
    }
    assert findings(tmp_path, files, "oversized-overlay") == ()


def test_missing_files_of_generators_components_and_charts(tmp_path: Path) -> None:
    files = {
        "web/kustomization.yaml": """
            components: [../gone]
            configMapGenerator:
              - name: web
                files: [app.properties, key=settings.ini]
                envs: [web.env]
            """,
        "web/web.evn": "A=b\n",
        "chart/Chart.yaml": """
            apiVersion: v2
            name: web
            version: 1.0.0
            dependencies:
              - {name: lib, version: 1.0.0, repository: "file://../libs"}
            """,
        "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\n",
    }
    found = findings(tmp_path, files, "missing-file")
    assert [(item.span.path, item.span.line, item.message) for item in found] == [
        (
            "chart/Chart.yaml",
            5,
            "the chart 'file://../libs' is not there, so the build fails; did you mean 'file://../lib'?",
        ),
        ("web/kustomization.yaml", 1, "the component '../gone' is not there, so the build fails"),
        ("web/kustomization.yaml", 4, "the generator's file 'app.properties' is not there, so the build fails"),
        ("web/kustomization.yaml", 4, "the generator's file 'settings.ini' is not there, so the build fails"),
        (
            "web/kustomization.yaml",
            5,
            "the generator's file 'web.env' is not there, so the build fails; did you mean 'web.evn'?",
        ),
    ]


def test_a_resource_that_a_plugin_writes_is_not_missed(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/kustomization.yaml": "resources: [./all.yaml]\n",
    }
    assert findings(tmp_path, files, "missing-file") == ()
