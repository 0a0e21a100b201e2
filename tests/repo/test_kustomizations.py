from __future__ import annotations

import pytest

from gitlint_ops.repo.kustomizations import is_remote
from gitlint_ops.repo.model import Reference
from tests.repo.conftest import SurveyOf


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/acme/repo//base?ref=v1",
        "https://example.com/manifest.yaml",
        "git::https://git.acme.com/repo",
        "github.com/acme/repo/base?ref=main",
        "GitHub.com:acme/repo",
        "git@github.com:acme/repo.git//base",
        "ssh://git@git.acme.com/repo",
        "oci://ghcr.io/acme/base",
    ],
)
def test_remote_as_kustomize_sees_it(text: str) -> None:
    assert is_remote(text)


@pytest.mark.parametrize(
    "text", ["../../base", "base", "gitlab.com/acme/repo", "a@b", "./github.com/x", "my.github.com/x"]
)
def test_local_as_kustomize_sees_it(text: str) -> None:
    assert not is_remote(text)


def _told(references: tuple[Reference, ...]) -> list[tuple[str, str, str]]:
    """Give field, target and what is told of each reference."""
    return [
        (
            ".".join(str(step) for step in r.field_path),
            r.target,
            "remote" if r.remote else "outside" if r.outside else "there" if r.exists else "missing",
        )
        for r in references
    ]


def test_every_field_that_names_a_file(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "app/kustomization.yaml": """
                resources: [deploy.yaml, ../base, https://example.com/x.yaml, gone.yaml]
                bases: [../empty]
                components: [../comp]
                patches: [{path: patch.yaml}, {patch: inline}, legacy.yaml]
                patchesStrategicMerge:
                  - merge.yaml
                  - |
                    kind: Deployment
                patchesJson6902: [{path: json.yaml}]
                configMapGenerator:
                  - name: c
                    files: [key=conf/a.txt, conf/b.txt]
                    envs: [c.env]
                secretGenerator: [{name: s, env: s.env}]
                generators: [gen.yaml]
                transformers: ["{apiVersion: builtin, kind: X, metadata: {name: x}}"]
                validators: [../valid]
                configurations: [conf.yaml]
                crds: [crd.json]
                openapi: {path: schema.json}
                replacements: [{path: repl.yaml}, {source: {}}]
                helmGlobals: {chartHome: ../charts}
                helmCharts:
                  - {name: web, valuesFile: v.yaml, additionalValuesFiles: [w.yaml]}
                  - {name: redis, repo: https://charts.example.com}
                """,
            "app/deploy.yaml": "kind: Deployment\n",
            "app/conf/a.txt": "a",
            "base/kustomization.yml": "",
            "empty/readme.yaml": "",
            "comp/Kustomization": "kind: Component\n",
            "charts/web/Chart.yaml": "name: web\n",
        }
    )
    app = context.kustomizations["app"]
    assert _told(app.references) == [
        ("resources.0", "app/deploy.yaml", "there"),
        ("resources.1", "base", "there"),
        ("resources.2", "https://example.com/x.yaml", "remote"),
        ("resources.3", "app/gone.yaml", "missing"),
        ("bases.0", "empty", "missing"),
        ("components.0", "comp", "there"),
        ("configurations.0", "app/conf.yaml", "missing"),
        ("crds.0", "app/crd.json", "missing"),
        ("patches.2", "app/legacy.yaml", "missing"),
        ("patches.0.path", "app/patch.yaml", "missing"),
        ("patchesJson6902.0.path", "app/json.yaml", "missing"),
        ("replacements.0.path", "app/repl.yaml", "missing"),
        ("patchesStrategicMerge.0", "app/merge.yaml", "missing"),
        ("generators.0", "app/gen.yaml", "missing"),
        ("validators.0", "valid", "missing"),
        ("configMapGenerator.0.files.0", "app/conf/a.txt", "there"),
        ("configMapGenerator.0.files.1", "app/conf/b.txt", "missing"),
        ("configMapGenerator.0.envs.0", "app/c.env", "missing"),
        ("secretGenerator.0.env", "app/s.env", "missing"),
        ("openapi.path", "app/schema.json", "missing"),
        ("helmCharts.0.valuesFile", "app/v.yaml", "missing"),
        ("helmCharts.0.additionalValuesFiles.0", "app/w.yaml", "missing"),
        ("helmCharts.0.name", "charts/web", "there"),
    ]
    span = context.tree.span(app.path, 0, ("resources", 3))
    assert span is not None
    assert (span.line, span.column, span.end_column) == (1, 63, 72)
    assert app.folders() == ("app/deploy.yaml", "base", "comp")


def test_what_leaves_the_repository_and_what_only_looks_remote(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "kustomization.yaml": "resources: [../x, /etc/passwd, a/../github.com/x, github.com/y]\n",
            "github.com/x/kustomization.yaml": "",
            "github.com/y/kustomization.yaml": "",
        }
    )
    assert _told(context.kustomizations["."].references) == [
        ("resources.0", "../x", "outside"),
        ("resources.1", "/etc/passwd", "outside"),
        ("resources.2", "github.com/x", "there"),
        ("resources.3", "github.com/y", "there"),
    ]


def test_odd_files_are_read(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "empty/kustomization.yaml": "",
            "list/kustomization.yaml": "- a\n",
            "wrong/kustomization.yaml": "resources: a.yaml\npatches: [3, {path: 4}]\nconfigMapGenerator: {files: []}\n",
            "broken/kustomization.yaml": "resources: [\n",
            "two/kustomization.yml": "resources: [b.yaml]\n",
            "two/kustomization.yaml": "resources: [a.yaml]\n",
            "flux/kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
            "chart/Chart.yaml": "name: chart\n",
            "chart/templates/kustomization.yaml": "resources: [{{ .Values.x }}]\n",
        }
    )
    assert sorted(context.kustomizations) == ["broken", "empty", "list", "two", "wrong"]
    assert _told(context.kustomizations["two"].references) == [("resources.0", "two/a.yaml", "missing")]
    assert [context.kustomizations[f].references for f in ("empty", "list", "wrong", "broken")] == [()] * 4
