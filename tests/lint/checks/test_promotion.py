from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: web, image: "registry.example.com/web:1.0.0"}]}}}
    """
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
RULES = ("promotion-skips-environment", "environment-behind")


def overlays(**tags: str) -> dict[str, str]:
    files = dict(BASE)
    for name, tag in tags.items():
        images = f"images: [{{name: registry.example.com/web, newTag: '{tag}'}}]\n"
        files[f"overlays/{name.replace('_', '-')}/kustomization.yaml"] = f"resources: [../../base]\n{images}"
    return files


def judged(root: Path, files: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.rule, item.environments) for item in findings(root, files, *RULES)]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"staging": "1.0.0", "prod": "1.1.0"}, [("promotion-skips-environment", ("prod",))]),
        ({"staging": "1.1.0", "prod": "1.0.0"}, [("environment-behind", ("prod",))]),
        ({"dev": "1.2.0", "staging": "1.1.0"}, [("environment-behind", ("staging",))]),
        ({"staging": "1.1.0", "prod": "1.1.0"}, []),
        ({"staging": "1.1", "prod": "1.1.4"}, []),
        ({"staging": "1.2.0-rc.1", "prod": "1.2.0"}, []),
        ({"staging": "latest", "prod": "1.2.0"}, []),
        ({"staging": "0a1b2c3d", "prod": "3d2c1b0a"}, []),
        ({"staging": "build-12", "prod": "build-14"}, [("promotion-skips-environment", ("prod",))]),
        ({"dev": "1.0.0", "prod": "1.1.0"}, [("promotion-skips-environment", ("prod",))]),
        ({"prod": "1.1.0"}, []),
        ({"home": "1.0.0", "prod": "1.1.0"}, []),
        ({"staging_eu": "1.0.0", "staging_us": "1.1.0", "prod": "1.1.0"}, []),
        ({"staging_eu": "1.0.0", "staging_us": "0a1b2c3d", "prod": "1.1.0"}, []),
        ({"prod_eu": "1.1.0", "prod_us": "1.0.0"}, []),
    ],
)
def test_how_environments_stand(tags: dict[str, str], found: list[object], tmp_path: Path) -> None:
    assert judged(tmp_path, overlays(**tags)) == found


def test_what_is_not_promoted_is_left_out(tmp_path: Path) -> None:
    options = "rules: {promotion-skips-environment: {options: {ignore: ['*/web']}}}\n"
    files = overlays(staging="1.0.0", prod="1.1.0") | {".gitlint-ops.yaml": options}
    assert judged(tmp_path, files) == []


def test_how_far_counts(tmp_path: Path) -> None:
    options = "rules: {environment-behind: {options: {min_distance: minor}}}\n"
    files = overlays(staging="1.0.4", prod="1.0.1") | {".gitlint-ops.yaml": options}
    assert judged(tmp_path, files) == []


def test_the_message_names_the_environments_and_the_way(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, overlays(dev="1.3.0", staging="1.0.0", prod="1.3.0"), RULES[0])
    assert found.message == (
        "registry.example.com/web 1.3.0 is 3 minor versions ahead of staging, which runs 1.0.0: production has a "
        "version that no environment right before it has (only dev runs it). Promote it through staging first, or set "
        "production back to 1.0.0"
    )
    assert [(item.span.path, item.message) for item in found.related][:1] == [
        ("overlays/staging/kustomization.yaml", "staging runs 1.0.0")
    ]
