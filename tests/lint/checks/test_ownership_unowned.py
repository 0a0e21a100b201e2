from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.ownership_unowned import application_folder
from gitlint_ops.lint.checks.places import is_for_people
from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def application(name: str, path: str, helm: str = "") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {path}{helm}}}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
        """


def repository(**others: str) -> dict[str, str]:
    """Give a repository whose Application applies ten files, and other files."""
    files = {f"apps/web/{n}.yaml": CONFIG_MAP.replace("web", f"web-{n}") for n in range(10)}
    return {"argocd/web.yaml": application("web", "apps/web"), ".gitlint-ops.yaml": CONFIG} | files | others


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("apps/web/overlays/prod", "apps/web"),
        ("apps/web/prod", "apps/web"),
        ("apps/web/envs/eu/prod", "apps/web"),
        ("apps/web", "apps/web"),
        ("prod/web", "prod/web"),
        (".", "."),
    ],
)
def test_the_folder_of_an_application(path: str, folder: str) -> None:
    assert application_folder(path) == folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("apps/web", False),
        ("docs/web", True),
        ("apps/_template/web", True),
        ("apps/web/secret.example.yaml", True),
        ("apps/latest/web.yaml", False),
        ("hack/cluster", True),
    ],
)
def test_what_is_for_people(path: str, expected: bool) -> None:
    assert is_for_people(path) is expected


def test_a_forgotten_folder_and_its_neighbour(tmp_path: Path) -> None:
    found = findings(tmp_path, repository(**{"apps/api/a.yaml": CONFIG_MAP}), "unowned-manifest")
    assert places(found) == [("apps/api/a.yaml", 1)]
    assert found[0].message == (
        "no Application or Kustomization applies apps/api: a change to its 1 object (ConfigMap) is reviewed and "
        "merged, and reaches no cluster. Add a delivery for it, or delete it (Application web applies its neighbour "
        "apps/web)"
    )


@pytest.mark.parametrize(
    "others",
    [
        {"examples/api/a.yaml": CONFIG_MAP},
        {"apps/api/example-a.yaml": CONFIG_MAP},
        {"apps/argocd/a.yaml": CONFIG_MAP.replace("name: web", "name: web, namespace: argocd")},
        {
            "argocd/far.yaml": application("far", "apps/api").replace(URL, "https://example.com/other.git"),
            "apps/api/a.yaml": CONFIG_MAP,
        },
        {
            "argocd/web.yaml": application("web", "apps"),
            "apps/kustomization.yaml": "resources: [web]\n#  - ./api\n",
            "apps/api/kustomization.yaml": "resources: [a.yaml]\n",
            "apps/api/a.yaml": CONFIG_MAP,
            "apps/web/kustomization.yaml": f"resources: [{', '.join(f'{n}.yaml' for n in range(10))}]\n",
        },
    ],
    ids=["examples", "a file of examples", "the controller's own", "named in another repository", "switched off"],
)
def test_what_people_or_others_apply_is_owned(others: dict[str, str], tmp_path: Path) -> None:
    assert findings(tmp_path, repository(**others), "unowned-manifest") == ()


def test_a_path_that_a_delivery_misspells_is_named_there(tmp_path: Path) -> None:
    others = {"argocd/api.yaml": application("api", "apps/apii"), "apps/api/a.yaml": CONFIG_MAP}
    found = findings(tmp_path, repository(**others), "unowned-manifest", "application-source-missing")
    assert [(item.rule, item.span.path) for item in found] == [("application-source-missing", "argocd/api.yaml")]


def test_a_cluster_of_which_nothing_is_delivered_is_one_finding(tmp_path: Path) -> None:
    others = {}
    for name in ("api", "db", "cache"):
        others[f"apps/{name}/base/kustomization.yaml"] = "resources: [a.yaml]\n"
        others[f"apps/{name}/base/a.yaml"] = CONFIG_MAP
        others[f"argocd/{name}.yaml"] = application(name, f"apps/{name}/overlays/home")
        for cluster in ("home", "far"):
            others[f"apps/{name}/overlays/{cluster}/kustomization.yaml"] = "resources: [../../base]\n"
    found = findings(tmp_path, repository(**others), "unowned-manifest")
    assert places(found) == [("apps/api/overlays/far/kustomization.yaml", 1)]
    assert found[0].message.startswith("no Application or Kustomization applies far (apps/api/overlays/far, ")
    assert len(found[0].related) == 2


def chart(**others: str) -> dict[str, str]:
    return {
        "argocd/web.yaml": application("web", "charts/web", ", helm: {valueFiles: [values-staging.yaml]}"),
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "charts/web/templates/a.yaml": CONFIG_MAP,
        "charts/web/values.yaml": "a: b\n",
        "charts/web/values-staging.yaml": "a: b\n",
        ".gitlint-ops.yaml": CONFIG,
    } | others


@pytest.mark.parametrize(
    ("others", "unused"),
    [
        ({"charts/web/values-prod.yaml": "# large\na: c\n"}, [("charts/web/values-prod.yaml", 2)]),
        ({"charts/web/values-extra.yaml": "a: c\n"}, [("charts/web/values-extra.yaml", 1)]),
        ({"charts/web/values-example.yaml": "a: c\n"}, []),
        ({"charts/web/values-prod.yaml": "a: c\n", "Makefile": "\thelm template -f values-prod.yaml\n"}, []),
        ({"charts/web/settings.yaml": "a: c\n"}, []),
        (
            {"charts/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n", "charts/api/values-prod.yaml": ""},
            [],
        ),
    ],
)
def test_values_files_that_nothing_reads(others: dict[str, str], unused: list[tuple[str, int]], tmp_path: Path) -> None:
    assert places(findings(tmp_path, chart(**others), "values-file-unused")) == unused


def test_only_an_environments_file_counts_where_none_is_chosen(tmp_path: Path) -> None:
    files = chart(**{"charts/web/values-prod.yaml": "a: c\n", "charts/web/values-small.yaml": "a: c\n"})
    files["argocd/web.yaml"] = application("web", "charts/web")
    assert places(findings(tmp_path, files, "values-file-unused")) == [
        ("charts/web/values-prod.yaml", 1),
        ("charts/web/values-staging.yaml", 1),
    ]
