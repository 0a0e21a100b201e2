from __future__ import annotations

from pathlib import Path

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
