"""``origin`` on small repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_check import Write, run
from tests.cli.test_owner import FILES

CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "tag: '1.0'\npassword: Wm7kP2xQ9vT4\n",
    "chart/values-prod.yaml": "tag: '2.0'\n",
    "chart/templates/all.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: "web:{{ .Values.tag }}"
              env:
                - name: DB_PASSWORD
                  value: {{ .Values.password }}
        """,
    "apps/web.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web-prod, namespace: argocd}
        spec:
          project: default
          source:
            repoURL: https://git.example.com/gitops.git
            path: chart
            helm: {valueFiles: [values-prod.yaml], parameters: [{name: tag, value: '3.0'}]}
          destination: {server: https://kubernetes.default.svc, namespace: shop}
        """,
    ".gitlint-ops.yaml": "repository: {urls: [https://git.example.com/gitops.git]}\n",
}
IMAGES = """\
deploy/web  spec.template.spec.containers.web.image

  spec.template.spec.containers[0].image
  registry.example.com/web:1.1.0  in prod: Deployment web-prod/web
    set by  overlays/prod/kustomization.yaml:4:13  the images entry of the kustomization
              newTag: 1.1.0
    set by  base/web.yaml:4:71  the object's own file
              ...rs: [{name: web, image: "registry.example.com/web:1.0.0"}]}}}

  spec.template.spec.containers[0].image
  registry.example.com/web:1.2.0  in staging: Deployment web-staging/web
    set by  overlays/staging/kustomization.yaml:4:13  the images entry of the kustomization
              newTag: 1.2.0
    set by  base/web.yaml:4:71  the object's own file
              ...rs: [{name: web, image: "registry.example.com/web:1.0.0"}]}}}
"""
TAG = """\
shop/pod/web  spec.containers[0].image

  web:3.0  in prod: Pod shop/web
    set by  apps/web.yaml:9:76  the values key in the inline values
              helm: {valueFiles: [values-prod.yaml], parameters: [{name: tag, value: '3.0'}]}
    behind  chart/values-prod.yaml:1:6  an earlier layer of the values
              tag: '2.0'
    behind  chart/values.yaml:1:6  an earlier layer of the values
              tag: '1.0'
    behind  chart/templates/all.yaml:7:7  the template line
              image: "web:{{ .Values.tag }}"
"""


def test_an_overlay_and_its_base(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    field = "spec.template.spec.containers.web.image"
    assert run(capfd, "origin", "deploy/web", field, write(FILES)) == (0, IMAGES, "")


def test_environments_with_the_same_lines_are_one(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "origin", "deploy/web", "spec.replicas", write(FILES))
    assert (code, out.count("set by")) == (0, 1)
    assert "  2  in prod, staging: Deployment web-prod/web, Deployment web-staging/web\n" in out


def test_each_layer_of_the_values(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "origin", "shop/pod/web", "spec.containers[0].image", write(CHART))
    assert (code, err) == (0, "")
    assert out == TAG.replace("shop/pod/web", "pod/web in namespace shop", 1)


def test_a_namespace_that_only_the_application_gives(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "origin", "pod/web", "metadata.namespace", "--environment", "prod", write(CHART))
    assert code == 0
    assert "set by  apps/web.yaml:10:68  the target namespace of the Application\n" in out


def test_no_secret_is_shown(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    for form in ("text", "json"):
        code, out, err = run(capfd, "origin", "pod/web", "spec.containers.web.env", "--format", form, write(CHART))
        assert (code, err) == (0, "")
        assert "Wm7kP2xQ9vT4" not in out
        assert "chart/values.yaml" in out


def test_a_value_that_a_secret_gives_is_not_shown(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write(
        {
            "sync.yaml": """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: apps, namespace: flux-system}
                spec:
                  path: ./apps
                  prune: true
                  sourceRef: {kind: GitRepository, name: flux-system}
                  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}
                """,
            "vars/vars.yaml": """
                apiVersion: v1
                kind: Secret
                metadata: {name: vars, namespace: flux-system}
                stringData: {DOMAIN: hidden.example.com}
                """,
            "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {host: '${DOMAIN}'}\n",
        }
    )
    code, out, _ = run(capfd, "origin", "ConfigMap/a", "data.host", root)
    assert code == 0
    assert "hidden.example.com" not in out
    assert "set by  vars/vars.yaml:4:22  the variable DOMAIN\n" in out


@pytest.mark.parametrize(
    "line",
    [
        "containers: [{name: web, image: 'web:1.0', env: [{name: DB_PASSWORD, value: Wm7kP2xQ9vT4}]}]",
        "containers: [{name: web, image: 'web:1.0', args: ['postgres://app:Wm7kP2xQ9vT4@db/app']}]",
        "containers: [{name: web, image: 'web:1.0'}]  # password: Wm7kP2xQ9vT4",
    ],
)
def test_a_line_with_a_credential_beside_the_field_is_not_shown(
    write: Write, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    root = write({"all/pod.yaml": f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  {line}\n"})
    code, out, _ = run(capfd, "origin", "pod/web", "spec.containers.web.image", root)
    assert code == 0
    assert "  web:1.0  in " in out
    assert "              (not shown)\n" in out
    assert "Wm7kP2xQ9vT4" not in out


def test_json_has_all_keys(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write(FILES)
    code, out, _ = run(
        capfd, "origin", "deploy/web", "spec.replicas", "--format", "json", "--environment", "prod", root
    )
    found = json.loads(out)
    assert code == 0
    assert list(found) == [
        *("schema_version", "asked", "field", "chains", "more_fields", "without", "nearest", "not_rendered")
    ]
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "web-prod", "name": "web"}
    assert found["chains"] == [
        {
            "field": "spec.replicas",
            "value": 2,
            "masked": False,
            "objects": [{**reference, "delivery": "argocd:Application/argocd/web-prod", "environment": "prod"}],
            "environments": ["prod"],
            "origins": [
                {
                    "location": {"path": "base/web.yaml", "line": 4, "column": 18, "end_line": 4, "end_column": 19},
                    "exact": True,
                    "why": "the object's own file",
                    "text": FILES["base/web.yaml"].strip().splitlines()[3].strip(),
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deploy/web", "spec.replica"), "  the object has no such field; nearest:\n    spec.replicas\n"),
        (
            ("deploy/wbe", "spec.replicas"),
            "  nearest: web-prod/Deployment/web [prod], web-staging/Deployment/web [staging]",
        ),
        (
            ("web-staging/deploy/web", "spec.replicas", "--environment", "prod"),
            "  nearest: web-staging/Deployment/web [staging]\n",
        ),
    ],
)
def test_what_is_not_there(
    write: Write, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, _ = run(capfd, "origin", *arguments, write(FILES))
    assert code == 1
    assert said in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("deploy/web", "spec["), "gitlint-ops: 'spec[' is no field\n"),
        (("a/b/c/d/e", "spec"), "gitlint-ops: 'a/b/c/d/e' names no object\n"),
        (
            ("deploy/web", "spec", "--environment", "prdo"),
            "gitlint-ops: there is no environment 'prdo'; did you mean 'prod'?\n",
        ),
        (("deploy/web", "spec", "--delivery", "x"), "gitlint-ops: there is no delivery 'x'"),
    ],
)
def test_mistakes(write: Write, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(capfd, "origin", *arguments, write(FILES))
    assert (code, out) == (2, "")
    assert err.startswith(message)


def test_a_mapping_shows_what_is_in_it(write: Write, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    entries = "".join(f"  key-{number:02}: v\n" for number in range(45))
    root = write({"all/c.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n{entries}"})
    code, out, _ = run(capfd, "origin", "cm/c", "data", root)
    assert (code, out.count("set by")) == (0, 40)
    assert out.endswith("  5 more fields below it: name one of them\n")


def test_where_the_field_is_not_there(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    patch = 'patches: [{target: {kind: Deployment}, patch: \'[{"op": "remove", "path": "/spec/replicas"}]\'}]\n'
    staging = {"overlays/staging/kustomization.yaml": f"resources: [../../base]\n{patch}"}
    code, out, _ = run(capfd, "origin", "deploy/web", "spec.replicas", write(FILES | staging))
    assert code == 0
    assert out.endswith("  not there in staging: Deployment web-staging/web\n")
