from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.session import open_context
from gitlint_ops.lint.origins.shaped import chains_through
from gitlint_ops.source import display_path

FIXTURES = Path(__file__).parents[3] / "fixtures"
APP = "apps/web-api"

Shaped = set[tuple[str, object, tuple[str, ...], str]]


def shaped(root: Path, *places: tuple[str, int, int]) -> list[Shaped]:
    """Give for each place the fields, values and environments that it shapes, and the nearest line behind each."""
    with open_context(PlaceOptions(paths=(root,), root=root)) as context:
        return [
            {
                (
                    display_path(chain.path),
                    chain.value,
                    tuple(sorted(item.delivery.environment for item in chain.objects)),
                    f"{chain.origins[0].span.path.removeprefix(APP + '/')}:{chain.origins[0].span.line}",
                )
                for chain in chains_through(context, *place)
            }
            for place in places
        ]


def test_a_line_of_a_base_reaches_every_overlay_and_is_overridden_in_each() -> None:
    replicas, memory, mapping, comment = shaped(
        FIXTURES / "base-overlays-clean",
        (f"{APP}/base/deployment.yaml", 8, 13),
        (f"{APP}/base/deployment.yaml", 30, 24),
        (f"{APP}/base/deployment.yaml", 27, 12),
        (f"{APP}/base/kustomization.yaml", 99, 1),
    )
    assert replicas == {
        ("spec.replicas", 1, ("dev",), "overlays/dev/kustomization.yaml:11"),
        ("spec.replicas", 3, ("staging",), "overlays/staging/replicas-patch.yaml:6"),
        ("spec.replicas", 4, ("prod",), "overlays/prod/kustomization.yaml:11"),
    }
    requests = "spec.template.spec.containers[0].resources.requests.memory"
    assert memory == {(requests, "128Mi", ("dev", "prod", "staging"), "base/deployment.yaml:30")}
    assert mapping == comment == set()


def test_a_key_of_an_overlay_reaches_what_it_makes() -> None:
    (tag,) = shaped(FIXTURES / "base-overlays-clean", (f"{APP}/overlays/prod/kustomization.yaml", 8, 15))
    image = "spec.template.spec.containers[0].image"
    value = "registry.example.com/web-api:abc123f"
    assert tag == {(image, value, ("prod",), "overlays/prod/kustomization.yaml:8")}


@pytest.mark.parametrize(("line", "column", "where"), [(1, 11, {"dev": 1, "prod": 4}), (2, 8, {"dev": 8080})])
def test_a_default_of_a_chart_reaches_the_environments_that_override_it_too(
    line: int, column: int, where: dict[str, int]
) -> None:
    (found,) = shaped(FIXTURES / "helm-values-clean", (f"{APP}/values.yaml", line, column))
    assert {environments[0]: value for _, value, environments, _ in found} == where


def test_a_field_that_an_overlay_takes_out_is_not_shaped_there(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "base-overlays-clean", tmp_path / "repo"))
    patch = root / APP / "overlays" / "prod" / "resources-patch.yaml"
    patch.write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-api}\n"
        "spec: {template: {spec: {containers: [{name: web-api, readinessProbe: null}]}}}\n"
    )
    (found,) = shaped(root, (f"{APP}/base/deployment.yaml", 35, 21))
    assert [environments for _, _, environments, _ in found] == [("dev", "staging")]
