from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "web:1.0.0", args: [a, b]}]}
    """
BASE = {"app/base/kustomization.yaml": "resources: [web.yaml]\n", "app/base/web.yaml": DEPLOYMENT}
PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: %d}\n"


def _overlays(**patches: str) -> dict[str, str]:
    files = dict(BASE)
    for name, patch in patches.items():
        files[f"app/overlays/{name}/kustomization.yaml"] = "resources: [../../base]\npatches: [path: patch.yaml]\n"
        files[f"app/overlays/{name}/patch.yaml"] = patch
    return files


@pytest.mark.parametrize(("replicas", "count"), [((5, 5, 5), 1), ((5, 5, 4), 0)])
def test_a_value_that_one_environment_sets_otherwise_is_stated_by_each(
    replicas: tuple[int, int, int], count: int, tmp_path: Path
) -> None:
    files = _overlays(a=PATCH % replicas[0], b=PATCH % replicas[1], c=PATCH % replicas[2])
    files |= _overlays(d=PATCH % replicas[0])
    assert places(findings(tmp_path, files, "repeated-patch")) == [("app/overlays/a/patch.yaml", 1)] * count


def test_too_few_copies_are_left_alone_unless_the_options_say_so(tmp_path: Path) -> None:
    files = _overlays(a=PATCH % 5, b=PATCH % 5)
    assert findings(tmp_path, files, "repeated-patch") == ()
    files[".gitlint-ops.yaml"] = "rules: {repeated-patch: {options: {min_overlays: 2}}}\n"
    (found,) = findings(tmp_path, files, "repeated-patch")
    assert found.message == (
        "the same patch of Deployment web stands in 2 of the 2 overlays of app/base (a, b): a change of it must be "
        "made in each. Move it into the base, or into a component that these overlays share"
    )
    assert [(item.span.path, item.message) for item in found.related] == [
        ("app/overlays/b/patch.yaml", "the same patch")
    ]


def test_overlays_of_two_bases_repeat_a_patch_once(tmp_path: Path) -> None:
    files = _overlays(a=PATCH % 5, b=PATCH % 5, c=PATCH % 5)
    files |= {"more/kustomization.yaml": "resources: [map.yaml]\n"}
    files["more/map.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"
    for name in "abc":
        path = f"app/overlays/{name}/kustomization.yaml"
        files[path] = files[path].replace("[../../base]", "[../../base, ../../../more]")
    assert len(findings(tmp_path, files, "repeated-patch")) == 1


def test_a_copy_in_another_application_is_none_of_the_bases_business(tmp_path: Path) -> None:
    files = _overlays(a=PATCH % 5)
    files |= {"other/kustomization.yaml": "resources: [web.yaml]\n", "other/web.yaml": DEPLOYMENT}
    config = {".gitlint-ops.yaml": "rules: {overlay-copies-base: {options: {min_fields: 5}}}\n"}
    assert findings(tmp_path, files | config, "overlay-copies-base") == ()
    copied = {"app/overlays/b/kustomization.yaml": "resources: [web.yaml]\n", "app/overlays/b/web.yaml": DEPLOYMENT}
    found = findings(tmp_path, files | config | copied, "overlay-copies-base")
    assert places(found) == [("app/overlays/b/web.yaml", 1)]
    assert [item.span.path for item in found[0].related] == ["app/base/web.yaml"]


def test_overlays_that_end_alike_are_told_apart(tmp_path: Path) -> None:
    files = dict(BASE)
    for name in ("dev", "stage", "prod"):
        files[f"app/{name}/web/kustomization.yaml"] = "resources: [../../base]\npatches: [path: patch.yaml]\n"
        files[f"app/{name}/web/patch.yaml"] = PATCH % 5
    (found,) = findings(tmp_path, files, "repeated-patch")
    assert "stands in 3 of the 3 overlays of app/base (dev, prod, stage)" in found.message


def test_a_patch_of_overlays_with_several_bases_in_common_is_said_of_the_one_that_most_have(tmp_path: Path) -> None:
    files = dict(BASE)
    files["more/base/kustomization.yaml"] = "resources: []\n"
    for name in ("dev", "qa", "stage", "prod"):
        more = "" if name == "qa" else ", ../../../more/base"
        files[f"app/overlays/{name}/kustomization.yaml"] = (
            f"resources: [../../base{more}]\npatches: [path: patch.yaml]\n"
        )
        files[f"app/overlays/{name}/patch.yaml"] = PATCH % 5
    (found,) = findings(tmp_path, files, "repeated-patch")
    assert "stands in 4 of the 4 overlays of app/base" in found.message
