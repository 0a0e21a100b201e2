from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec: {containers: [{name: web, image: "web:1.0.0"}]}
    """
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"
ENVIRONMENTS = ("dev", "staging", "prod")
ENDS = {".gitlint-ops.yaml": "rules: {environment-drift: {options: {ends: true}}}\n"}


def _overlays(having: tuple[str, ...], environments: tuple[str, ...] = ENVIRONMENTS) -> dict[str, str]:
    """Overlays of which some have a ConfigMap more."""
    files = dict(BASE)
    for name in environments:
        more = ", more.yaml" if name in having else ""
        files[f"overlays/{name}/kustomization.yaml"] = f"resources: [../../base{more}]\nnameSuffix: -{name}\n"
        files |= {f"overlays/{name}/more.yaml": CONFIG_MAP} if more else {}
    return files


@pytest.mark.parametrize(
    ("having", "ends", "lacking"),
    [
        (("dev", "prod"), False, ["staging"]),
        (("staging", "prod"), False, []),
        (("dev", "staging"), False, []),
        (("staging", "prod"), True, ["dev"]),
        (("dev", "staging"), True, ["prod"]),
        (("prod",), True, []),
        (ENVIRONMENTS, True, []),
    ],
)
def test_who_lacks_what(having: tuple[str, ...], ends: bool, lacking: list[str], tmp_path: Path) -> None:
    found = findings(tmp_path, _overlays(having) | (ENDS if ends else {}), "environment-drift")
    assert places(found) == [(f"overlays/{name}/kustomization.yaml", 1) for name in lacking]
    assert all("lacks ConfigMap more-*" in item.message for item in found)


def test_two_environments_tell_nothing(tmp_path: Path) -> None:
    files = _overlays(("prod",), ("dev", "prod")) | ENDS
    assert findings(tmp_path, files, "environment-drift") == ()


def test_a_missing_container_is_not_its_variables_too(tmp_path: Path) -> None:
    sidecar = "{name: log, image: 'log:1.0.0', env: [{name: A, value: a}]}"
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    patch = f"{head}spec: {{template: {{spec: {{containers: [{sidecar}]}}}}}}\n"
    files = _overlays(())
    for name in ("dev", "prod"):
        files[f"overlays/{name}/kustomization.yaml"] += "patches: [path: log.yaml]\n"
        files[f"overlays/{name}/log.yaml"] = patch
    (found,) = findings(tmp_path, files, "environment-drift")
    assert found.message.startswith("staging lacks the container log of Deployment web-*, which dev, prod have.")
    assert (found.severity, found.environments) == ("info", ("staging",))


def test_an_application_that_did_not_render_whole_is_not_compared(tmp_path: Path) -> None:
    files = _overlays(("dev", "prod"))
    files["overlays/dev/kustomization.yaml"] += "components: [../../gone]\n"
    assert findings(tmp_path, files, "environment-drift") == ()
