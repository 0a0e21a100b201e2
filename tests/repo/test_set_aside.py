"""What somebody decided not to apply."""

from __future__ import annotations

import pytest

from gitlint_ops.repo.set_aside import DOCUMENTATION, RETIRED, SWITCHED_OFF, TEST_DATA, TO_FILL, is_fragment, set_aside
from tests.repo.conftest import SurveyOf

_APPLICATION = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("apps/argocd/web.yaml", ""),
        ("apps/argocd/off.yaml", SWITCHED_OFF),
        ("apps/quoted.yaml", SWITCHED_OFF),
        ("apps/told.yaml", ""),
        (".archive/web.yaml", RETIRED),
        ("apps/_disabled/web.yaml", RETIRED),
        ("archive.yaml", ""),
        ("docs/howto/web.yaml", DOCUMENTATION),
        ("website/docs/web.yaml", DOCUMENTATION),
        ("apps/docs/web.yaml", ""),
        ("tests/unit/data/web.yaml", TEST_DATA),
        ("pkg/testdata/web.yaml", TEST_DATA),
        ("overlays/test/data/web.yaml", ""),
        ("policies/labels/01-assert.yaml", TEST_DATA),
    ],
)
def test_why_a_file_is_set_aside(survey_of: SurveyOf, path: str, reason: str) -> None:
    kustomization = (
        "resources:\n  - argocd/web.yaml\n  # - argocd/off.yaml\n  #- './quoted.yaml' # later\n  # see told.yaml\n"
    )
    context = survey_of({"apps/kustomization.yaml": kustomization, path: _APPLICATION})
    assert set_aside(context, path) == reason


def test_the_steps_of_a_test_are_set_aside(survey_of: SurveyOf) -> None:
    context = survey_of({"policies/labels/chainsaw-test.yaml": "a: 1\n", "policies/labels/web.yaml": _APPLICATION})
    assert set_aside(context, "policies/labels/web.yaml") == TEST_DATA
    assert set_aside(context, "policies/web.yaml") == ""


@pytest.mark.parametrize(
    ("version", "kind", "spec", "expected"),
    [
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {"patches": []}, True),
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {"patches": [], "prune": True}, False),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", {"values": {}}, True),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", {"values": {}, "chartRef": {}}, False),
        ("argoproj.io/v1alpha1", "Application", {"syncPolicy": {}}, True),
        ("argoproj.io/v1alpha1", "Application", {"project": "default"}, False),
        ("argoproj.io/v1alpha1", "ApplicationSet", {"template": {}}, False),
        ("v1", "Application", {}, False),
    ],
)
def test_what_lacks_all_that_its_kind_needs_is_a_patch(
    version: str, kind: str, spec: dict[str, object], *, expected: bool
) -> None:
    assert is_fragment({"apiVersion": version, "kind": kind, "spec": spec}) is expected


@pytest.mark.parametrize("name", ["$NAME", "'web-${APP}'", "<your-app>", "'{{ name }}'", "__APP__", "'%APP%'"])
def test_a_name_that_is_to_be_filled_in(survey_of: SurveyOf, name: str) -> None:
    context = survey_of({"templates/web.yaml": _APPLICATION.replace("{name: a}", f"{{name: {name}}}")})
    assert set_aside(context, "templates/web.yaml") == TO_FILL
