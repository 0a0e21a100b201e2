from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

RULE = "application-source-missing"
URL = "https://github.com/acme/platform.git"
CONFIG = {".gitlint-ops.yaml": f"repository: {{urls: [{URL}]}}\n"}
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def _application_set(patterns: str, path: str = "{{.path.path}}", kind: str = "directories") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: apps, namespace: argocd}}
        spec:
          goTemplate: true
          generators:
          - git:
              repoURL: {URL}
              revision: HEAD
              {kind}: [{patterns}]
          template:
            metadata: {{name: 'web-{{{{index .path.segments 2}}}}'}}
            spec:
              project: default
              source:
                repoURL: {URL}
                targetRevision: HEAD
                path: '{path}'
              destination: {{server: https://kubernetes.default.svc, namespace: web}}
        """


def _files(text: str) -> dict[str, str]:
    folders = {f"apps/web/{name}/a.yaml": MANIFEST for name in ("dev", "prod", "qa", "stage")}
    return {**CONFIG, **folders, "appset.yaml": text}


def test_a_template_that_leads_nowhere_is_one_finding(tmp_path: Path) -> None:
    found = findings(tmp_path, _files(_application_set("{path: apps/web/*}", "{{.path.path}}/x")), RULE)
    assert [(f.span.path, f.span.line, f.exact, f.environments) for f in found] == [
        ("appset.yaml", 18, True, ("dev", "qa", "stage", "prod"))
    ]
    assert found[0].message == (
        "the paths 'apps/web/dev/x', 'apps/web/prod/x', 'apps/web/qa/x' and 1 more are not in this repository, so 4 "
        "Applications cannot be deployed"
    )
    assert len(found[0].deliveries) == 4


def test_a_generator_that_matches_nothing(tmp_path: Path) -> None:
    found = findings(tmp_path, _files(_application_set("{path: app/web/*}")), RULE)
    assert [(f.span.line, f.severity, f.message) for f in found] == [
        (10, "error", "the git generator's 'app/web/*' matches no folder of this repository: it gives no Application")
    ]


def test_one_pattern_of_several_that_matches_nothing_is_a_warning(tmp_path: Path) -> None:
    patterns = "{path: apps/web/dev}, {path: apps/web/prd}, {path: apps/web/gone, exclude: true}"
    found = findings(tmp_path, _files(_application_set(patterns)), RULE)
    assert [(f.span.line, f.span.column, f.exact, f.severity) for f in found] == [(10, 50, True, "warning")]
    assert found[0].message == (
        "the git generator's 'apps/web/prd' matches no folder of this repository: it gives no Application; did you "
        "mean 'apps/web/prod'?"
    )


def test_files_of_a_generator(tmp_path: Path) -> None:
    found = findings(tmp_path, _files(_application_set("{path: clusters/*.json}", kind="files")), RULE)
    assert [f.message for f in found] == [
        "the git generator's 'clusters/*.json' matches no file of this repository: it gives no Application"
    ]


def test_a_generator_that_a_chart_emits_is_found_at_its_line(tmp_path: Path) -> None:
    template = _application_set("{path: gone/*}").replace("{{", "{{ `{{").replace("}}", "}}` }}")
    files = {
        **CONFIG,
        "root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 1.0.0\n",
        "root/templates/set.yaml": template.replace("{path: gone/*}", "{path: '{{ .Values.folder }}/*'}"),
        "root/values.yaml": "folder: gone\n",
    }
    found = findings(tmp_path, files, RULE)
    assert [(f.span.path, f.span.line, f.exact) for f in found] == [("root/values.yaml", 1, True)]


def test_a_misspelt_flux_source(tmp_path: Path) -> None:
    source = """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: flux-system, namespace: flux-system}
        spec: {interval: 1h, url: https://github.com/acme/platform}
        """
    kustomization = """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: apps, namespace: flux-system}
        spec:
          interval: 1h
          path: ./apps
          prune: true
          sourceRef: {kind: GitRepository, name: %s}
        """
    files = {**CONFIG, "apps/a.yaml": MANIFEST, "clusters/prod/source.yaml": source}
    named = {f"clusters/prod/{name}.yaml": kustomization % name for name in ("flux-sytem", "flux-system", "elsewhere")}
    found = findings(tmp_path, {**files, **named}, RULE)
    assert [(f.span.path, f.span.line, f.span.column, f.exact, f.environments) for f in found] == [
        ("clusters/prod/flux-sytem.yaml", 8, 42, True, ("prod",))
    ]
    assert found[0].message == (
        "no object in this repository declares the GitRepository 'flux-sytem', so the Kustomization cannot be "
        "deployed; did you mean 'flux-system'?"
    )


@pytest.mark.parametrize(
    ("path", "hint"), [("app/web/prod", "; did you mean 'apps/web/prod'?"), ("app/web/production", "")]
)
def test_what_is_alike_leads_to_something(path: str, hint: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, _files(_application_set("{path: apps/web/prod}", path)), RULE)
    assert found.message == f"the path '{path}' is not in this repository, so the Application cannot be deployed{hint}"
