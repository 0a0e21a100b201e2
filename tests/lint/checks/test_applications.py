from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.controller_words import application_words
from tests.lint.checks.support import findings

URL = "https://github.com/example/platform-gitops.git"
CONFIG = {".gitlint-ops.yaml": f"repository: {{urls: [{URL}]}}\n"}


def _application(source: str, rest: str = "") -> dict[str, str]:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n"
        f"  project: default\n  source: {source}\n  destination: {{name: in-cluster, namespace: web}}\n{rest}"
    )
    return {**CONFIG, "argocd/web.yaml": text}


def test_a_misspelt_path_is_the_schemas(tmp_path: Path) -> None:
    files = _application(f'{{repoURL: "{URL}", pathe: apps/web}}')
    found = findings(tmp_path, files, "invalid-application", "schema-error", "render-failed")
    assert [(item.rule, item.message) for item in found] == [
        ("schema-error", "Application web: spec.source.pathe is not a field of spec.source; did you mean path?")
    ]


def test_a_misspelt_server_is_the_schemas(tmp_path: Path) -> None:
    files = _application(f'{{repoURL: "{URL}", path: apps}}')
    files["argocd/web.yaml"] = files["argocd/web.yaml"].replace("name: in-cluster", "servers: https://a.example")
    found = findings(tmp_path, files, "invalid-application", "schema-error")
    assert [item.rule for item in found] == ["schema-error"]


def test_a_missing_url_is_the_schemas(tmp_path: Path) -> None:
    files = _application("{path: apps/web}")
    found = findings(tmp_path, files, "invalid-application", "schema-error", "render-failed")
    assert [item.rule for item in found] == ["schema-error"]


def test_a_chart_without_a_version_is_said_once(tmp_path: Path) -> None:
    files = _application("{repoURL: https://charts.acme.example, chart: web}")
    found = findings(tmp_path, files, "invalid-application", "schema-error", "render-failed")
    assert [(item.rule, item.span.line, item.message) for item in found] == [
        (
            "invalid-application",
            6,
            "Application web: chart 'web' has no targetRevision: Argo CD needs a version",
        )
    ]


def test_all_that_a_set_generates_is_one_finding_at_its_template(tmp_path: Path) -> None:
    files = {
        **CONFIG,
        "argocd/apps.yaml": f"""
            apiVersion: argoproj.io/v1alpha1
            kind: ApplicationSet
            metadata: {{name: apps, namespace: argocd}}
            spec:
              goTemplate: true
              generators:
                - list: {{elements: [{{name: web}}, {{name: api}}]}}
              template:
                metadata: {{name: "{{{{ .name }}}}"}}
                spec:
                  project: default
                  source: {{repoURL: "{URL}", path: apps, targetRevision: main}}
                  destination: {{name: in-cluster, namespace: web}}
                  syncPolicy:
                    syncOptions:
                      - createNamespace=true
            """,
        "apps/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
    }
    (found,) = findings(tmp_path, files, "invalid-application")
    assert (found.span.line, found.deliveries) == (
        16,
        ("argocd:Application/argocd/api", "argocd:Application/argocd/web"),
    )
    assert found.message == (
        "ApplicationSet apps: 'createNamespace=true' is no sync option that Argo CD knows, so it ignores it; "
        "did you mean CreateNamespace=true?"
    )


@pytest.mark.parametrize(
    ("option", "known"),
    [
        ("CreateNamespace=true", True),
        ("Prune=confirm", True),
        ("PrunePropagationPolicy=orphan", True),
        ("{{ .option }}", True),
        ("CreateNamespace=True", False),
        ("CreateNamespace", False),
        ("PruneLast = true", False),
    ],
)
def test_sync_options_are_whole_texts(option: str, known: bool) -> None:
    data = {"spec": {"syncPolicy": {"syncOptions": [option]}}}
    assert (not list(application_words(data))) is known


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("Replaces=true", "; did you mean Replace=true?"),
        ("Prune=False", "; did you mean Prune=false?"),
        ("CreateNamespace", "; did you mean CreateNamespace=true?"),
        ("Retry=true", ""),
    ],
)
def test_an_option_is_alike_by_its_name(option: str, hint: str) -> None:
    (problem,) = application_words({"spec": {"syncPolicy": {"syncOptions": [option]}}})
    assert problem.text == f"'{option}' is no sync option that Argo CD knows, so it ignores it{hint}"


@pytest.mark.parametrize(
    ("finalizer", "known"),
    [
        ("resources-finalizer.argocd.argoproj.io/foreground", True),
        ("pre-delete-finalizer.argocd.argoproj.io/cleanup", True),
        ("acme.example/keep", True),
        ("resources-finalizer.argocd.argoproj.io/orphan", False),
    ],
)
def test_finalizers_that_look_like_argo_cds(finalizer: str, known: bool) -> None:
    assert (not list(application_words({"metadata": {"finalizers": [finalizer]}}))) is known


def test_equal_names_in_two_clusters_make_no_circle(tmp_path: Path) -> None:
    def cluster(name: str, first: str, second: str) -> str:
        return "---\n".join(
            f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: {own}, namespace: flux-system}}\nspec:\n  interval: 10m\n  path: ./apps/{name}\n"
            f"  prune: true\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n{needs}"
            for own, needs in ((first, ""), (second, f"  dependsOn: [{{name: {first}}}]\n"))
        )

    root = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {{name: flux-system, namespace: flux-system}}\nspec:\n  interval: 10m\n  path: ./clusters/{0}\n"
        "  prune: true\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n"
    )
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: web}\n"
    files: dict[str, str] = {}
    for name, order in (("dev", ("apps", "infra")), ("prod", ("infra", "apps"))):
        files[f"clusters/{name}/flux-system.yaml"] = root.format(name)
        files[f"clusters/{name}/apps.yaml"] = cluster(name, *order)
        files[f"apps/{name}/config.yaml"] = config
    assert findings(tmp_path, files, "invalid-application") == ()
