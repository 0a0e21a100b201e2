from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places
from tests.lint.support import run

KUSTOMIZATION = "resources: [deployment.yaml, gone.yaml]\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replica: 3
  selector: {matchLabels: {app: web}}
  template:
    spec:
      containers:
        - name: web
          image: web:1
          volumeMounts: [{name: data, mountPath: /data}]
"""


def test_what_a_patch_may_mend_is_not_said_of_a_resource_that_did_not_render(tmp_path: Path) -> None:
    (tmp_path / "overlays" / "prod").mkdir(parents=True)
    (tmp_path / "overlays" / "prod" / "kustomization.yaml").write_text(KUSTOMIZATION, "utf-8")
    (tmp_path / "overlays" / "prod" / "deployment.yaml").write_text(DEPLOYMENT, "utf-8")
    (found,) = run(tmp_path, "schema-error").findings
    assert (found.span.path, found.span.line) == ("overlays/prod/deployment.yaml", 5)
    assert found.message == "Deployment web: spec.replica is not a field of DeploymentSpec; did you mean replicas?"


def test_the_items_of_a_list_that_did_not_render_are_judged_by_themselves(tmp_path: Path) -> None:
    items = """
        apiVersion: v1
        kind: List
        items:
          - apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replica: 3
        """
    found = findings(
        tmp_path,
        {"base/kustomization.yaml": "resources: [list.yaml, gone.yaml]\n", "base/list.yaml": items},
        "schema-error",
    )
    assert places(found) == [("base/list.yaml", 8)]


RELEASE = """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: web}
    spec:
      chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}
      values: {replicas: 2}
      tiemout: 5m
    """
FLUX = """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: apps, namespace: flux-system}
    spec:
      interval: 10m
      path: ./apps/prod
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
      patches:
        - patch: "[{op: add, path: /spec/interval, value: 5m}]"
          target: {kind: HelmRelease}
    """


def test_what_the_deliveries_here_patch_into_a_kind_is_not_missed_where_nothing_delivers_it(tmp_path: Path) -> None:
    files = {"apps/sandbox/kustomization.yaml": "resources: [web.yaml]\n", "apps/sandbox/web.yaml": RELEASE}
    alone = findings(tmp_path / "alone", files, "schema-error")
    beside = findings(tmp_path / "beside", {"clusters/prod/apps.yaml": FLUX, **files}, "schema-error")
    missing, misspelt = "HelmRelease web: spec.interval is required, and missing", "HelmRelease web: spec.tiemout"
    assert [item.message.startswith((missing, misspelt)) for item in alone] == [True, True]
    assert [item.message.partition(" is ")[0] for item in beside] == [misspelt]


def test_unknown_fields_that_one_line_of_a_template_writes_are_one_finding(tmp_path: Path) -> None:
    template = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          ports: [{port: 80}]
          {{- toYaml .Values.more | nindent 2 }}
        """
    files = {
        "chart/Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}\n",
        "chart/values.yaml": "more: {}\n",
        "chart/templates/service.yaml": template.replace(".Values.more", ".Release"),
    }
    (found,) = findings(tmp_path, files, "schema-error")
    assert (found.span.path, found.span.line) == ("chart/templates/service.yaml", 6)


def test_a_substituted_text_that_loses_its_quotes(tmp_path: Path) -> None:
    flux = """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: apps, namespace: flux-system}
        spec:
          interval: 1m
          prune: true
          path: ./apps
          sourceRef: {kind: GitRepository, name: flux-system}
          postBuild: {substitute: {PORT: "8080"}}
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: flux-system, namespace: flux-system}
        spec: {interval: 1m, url: https://github.com/example/gitops, ref: {branch: main}}
        """
    config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: "${PORT}"\n  b: 80\n'
    plain, substituted = findings(tmp_path, {"flux.yaml": flux, "apps/web.yaml": config}, "schema-error")
    assert places((plain, substituted)) == [("apps/web.yaml", 6), ("flux.yaml", 9)]
    assert plain.message == "ConfigMap web: data.b must be a string, not the number 80; put it in quotes"
    assert substituted.message == (
        "ConfigMap web: data.a must be a string, not the number 8080; Kustomize drops the quotes before Flux "
        "substitutes: write ${quote}${PORT}${quote}, with quote: '\"' in spec.postBuild.substitute of "
        "Kustomization apps"
    )


def test_annotations_that_are_a_text(tmp_path: Path) -> None:
    files = {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: none}\n"}
    (found,) = findings(tmp_path, files, "schema-error")
    assert found.message == "ConfigMap a: metadata.annotations must be a mapping, not the string 'none'"
