from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

RULE = "mutable-chart-version"


def test_a_release_in_overlays_that_nothing_delivers_is_found_at_each_overlays_patch(tmp_path: Path) -> None:
    release = """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: podinfo, namespace: podinfo}
        spec:
          interval: 1h
          chart: {spec: {chart: podinfo, sourceRef: {kind: HelmRepository, name: podinfo}}}
        """
    patch = """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: podinfo, namespace: podinfo}
        spec:
          chart:
            spec:
              version: "%s"
        """
    overlay = "resources: [../base]\npatches: [{path: p.yaml}]\n"
    files = {"apps/base/kustomization.yaml": "resources: [r.yaml]\n", "apps/base/r.yaml": release}
    for name, version in (("production", ">=6.0"), ("staging", ">=7.0")):
        files |= {f"apps/{name}/kustomization.yaml": overlay, f"apps/{name}/p.yaml": patch % version}
    found = findings(tmp_path, files, RULE)
    assert [(item.span.path, item.span.line, item.exact, item.environments) for item in found] == [
        ("apps/production/p.yaml", 7, True, ("production",)),
        ("apps/staging/p.yaml", 7, True, ("staging",)),
    ]


def test_a_vendored_dependency_is_settled(tmp_path: Path) -> None:
    chart = "apiVersion: v2\nname: {0}\nversion: 1.0.0\n"
    depends = 'dependencies: [{name: db, version: "1.x", repository: "https://charts.acme.example"}]\n'
    files = {
        "vendored/Chart.yaml": chart.format("shop") + depends,
        "vendored/charts/db/Chart.yaml": chart.format("db"),
        "open/Chart.yaml": chart.format("open") + depends,
    }
    assert places(findings(tmp_path, files, RULE)) == [("open/Chart.yaml", 4)]


def test_charts_and_versions_may_be_allowed(tmp_path: Path) -> None:
    release = """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {{name: {0}, namespace: web}}
        spec:
          interval: 1h
          chart: {{spec: {{chart: {0}, version: "{1}", sourceRef: {{kind: HelmRepository, name: acme}}}}}}
        """
    options = "{allow_charts: [inner-*], allow_versions: ['~*']}"
    files = {
        "a.yaml": release.format("inner-web", "*"),
        "b.yaml": release.format("web", "~1.2.0"),
        "c.yaml": release.format("api", "1.2"),
        "d.yaml": release.format("job", "${VERSION}"),
        ".gitlint-ops.yaml": f"rules: {{{RULE}: {{options: {options}}}}}\n",
    }
    assert places(findings(tmp_path, files, RULE)) == [("c.yaml", 6)]
