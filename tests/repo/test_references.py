from __future__ import annotations

from gitlint_ops.repo import broken_references, closure
from gitlint_ops.repo.references import top_folders
from tests.repo.conftest import SurveyOf

BASE = "resources: [deploy.yaml]\n"
DEPLOY = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"


def test_bases_components_and_tops(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "base/kustomization.yaml": BASE,
            "base/deploy.yaml": DEPLOY,
            "comp/kustomization.yaml": "kind: Component\n",
            "unused/kustomization.yaml": "kind: Component\n",
            "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../comp]\n",
            "prod-eu/kustomization.yaml": "resources: [../prod]\n",
            "lone/base/kustomization.yaml": "",
        }
    )
    assert top_folders(context) == ("lone/base", "prod-eu")
    assert context.users == {"base": ("prod",), "comp": ("prod",), "prod": ("prod-eu",)}
    assert context.readers == {"base/deploy.yaml": ("base",)}


def test_a_circle_keeps_one_top(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "a/kustomization.yaml": "resources: [../b]\n",
            "b/kustomization.yaml": "resources: [../a]\n",
            "self/kustomization.yaml": "resources: [.]\n",
        }
    )
    assert top_folders(context) == ("a", "self")
    assert closure(context, "a") == {"a/kustomization.yaml", "b/kustomization.yaml"}


def test_closure_of_an_overlay(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "base/kustomization.yaml": BASE + "configMapGenerator: [{name: c, files: [k=c.txt]}]\n",
            "base/deploy.yaml": DEPLOY,
            "base/c.txt": "c",
            "base/other.yaml": DEPLOY,
            "comp/kustomization.yaml": "kind: Component\npatches: [{path: p.yaml}]\n",
            "comp/p.yaml": DEPLOY,
            "prod/kustomization.yaml": (
                "resources: [../base, gone.yaml]\ncomponents: [../comp]\nhelmCharts: [{name: web}]\n"
            ),
            "prod/charts/web/Chart.yaml": "name: web\n",
            "prod/charts/web/templates/a.yaml": "a: {{ 1 }}\n",
        }
    )
    base = {"base/kustomization.yaml", "base/deploy.yaml", "base/c.txt"}
    assert closure(context, "base") == base
    assert closure(context, "prod") == base | {
        "comp/kustomization.yaml",
        "comp/p.yaml",
        "prod/kustomization.yaml",
        "prod/charts/web/Chart.yaml",
        "prod/charts/web/templates/a.yaml",
    }
    assert closure(context, "nowhere") == frozenset()


def test_closure_of_a_folder_as_flux_builds_it(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "apps/ns.yaml": DEPLOY,
            "apps/note.json": "{}",
            "apps/web/kustomization.yaml": BASE,
            "apps/web/deploy.yaml": DEPLOY,
            "apps/web/unused.yaml": DEPLOY,
            "apps/db/main/db.yml": DEPLOY,
            "other/x.yaml": DEPLOY,
        }
    )
    expected = {"apps/ns.yaml", "apps/web/kustomization.yaml", "apps/web/deploy.yaml", "apps/db/main/db.yml"}
    assert closure(context, "apps") == expected


def test_broken_references_and_what_is_none(survey_of: SurveyOf) -> None:
    lost = "resources: [gone.yaml]\n"
    context = survey_of(
        {
            "apps/overlays/prod/kustomization.yaml": "resources: [../../bse]\npatches: [{path: p.yaml}]\n",
            "apps/overlays/dev/kustomization.yaml": "resources: [github.com/acme/x, '${BASE}/y']\n",
            "used/kustomization.yaml": "kind: Component\n" + lost,
            "top/kustomization.yaml": "components: [../used]\n",
            "unused/kustomization.yaml": "kind: Component\n" + lost,
            "hack/new-cluster/kustomization.yaml": "resources: [../../../base]\n",
            "skeleton/{{app}}/kustomization.yaml": lost,
            "placeholder/kustomization.yaml": "resources: ['<APP>/base']\n",
            "charts/a/Chart.yaml": """
                name: a
                dependencies:
                  - {name: b, repository: file://../b}
                  - {name: gone, repository: "file://../gone"}
                """,
            "charts/b/Chart.yaml": "name: b\n",
        }
    )
    assert [(r.path, r.field_path, r.target) for r in broken_references(context)] == [
        ("apps/overlays/prod/kustomization.yaml", ("resources", 0), "apps/bse"),
        ("apps/overlays/prod/kustomization.yaml", ("patches", 0, "path"), "apps/overlays/prod/p.yaml"),
        ("charts/a/Chart.yaml", ("dependencies", 1, "repository"), "charts/gone"),
        ("used/kustomization.yaml", ("resources", 0), "used/gone.yaml"),
    ]


def test_a_template_that_something_uses_is_reported(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "templates/app/kustomization.yaml": "resources: [gone.yaml]\n",
            "prod/kustomization.yaml": "resources: [../templates/app]\n",
        }
    )
    assert [r.target for r in broken_references(context)] == ["templates/app/gone.yaml"]
