"""What somebody decided not to apply."""

from __future__ import annotations

import pytest

from gitlint_ops.repo.set_aside import RETIRED, SWITCHED_OFF, set_aside
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
    ],
)
def test_why_a_file_is_set_aside(survey_of: SurveyOf, path: str, reason: str) -> None:
    kustomization = (
        "resources:\n  - argocd/web.yaml\n  # - argocd/off.yaml\n  #- './quoted.yaml' # later\n  # see told.yaml\n"
    )
    context = survey_of({"apps/kustomization.yaml": kustomization, path: _APPLICATION})
    assert set_aside(context, path) == reason
