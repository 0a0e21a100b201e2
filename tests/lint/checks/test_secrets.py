from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitlint_ops.report import render_json, render_sarif, render_text
from tests.lint.checks.support import findings, places
from tests.lint.support import run

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
SECRET = """
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
data:
  password: {{ .Values.password | b64enc }}
"""
RULES = ("plaintext-secret", "secret-value")


def test_a_value_that_ends_in_a_secret_is_one_finding(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": CHART,
        "web/values.yaml": "password: ''\n",
        "web/values-prod.yaml": "replicas: 2\npassword: hunter2-prod\n",
        "web/templates/secret.yaml": SECRET,
    }
    found = findings(tmp_path, files, *RULES)
    assert [(item.rule, item.environments) for item in found] == [("plaintext-secret", ("prod",))]
    assert places(found) == [("web/values-prod.yaml", 2)]


def test_one_secret_of_a_base_is_one_finding_for_all_overlays(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [secret.yaml]\n",
        "base/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: hunter2x\n",
        "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\n",
    }
    found = findings(tmp_path, files, *RULES)
    assert places(found) == [("base/secret.yaml", 5)]
    assert found[0].environments == ("dev", "prod")


def test_a_key_that_an_overlay_adds_is_reported_in_the_overlay(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [secret.yaml]\n",
        "base/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: '${P}'}\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\npatches:\n  - path: secret.yaml\n",
        "overlays/prod/secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: hunter2x\n"
        ),
    }
    assert places(findings(tmp_path, files, *RULES)) == [("overlays/prod/secret.yaml", 5)]


def test_the_secret_generator_of_a_kustomization_that_does_not_render(tmp_path: Path) -> None:
    files = {
        "web/kustomization.yaml": """
            resources: [missing.yaml]
            secretGenerator:
              - name: web
                literals: [user=app, password=hunter2x]
                envs: [web.env]
            """,
        "web/web.env": "# TOKEN=abcdefgh1\nAPI_TOKEN=9f8Zk2Lq7Wn4Xc1V\n",
    }
    assert places(findings(tmp_path, files, *RULES)) == [("web/kustomization.yaml", 4), ("web/web.env", 2)]


@pytest.mark.parametrize("resources", ["[]", "[missing.yaml]"], ids=["rendered", "not rendered"])
def test_a_credential_in_a_file_of_several_lines_is_told_at_its_line(resources: str, tmp_path: Path) -> None:
    files = {
        "web/kustomization.yaml": (
            f"resources: {resources}\nsecretGenerator: [{{name: web, files: [app.properties, plain.properties]}}]\n"
        ),
        "web/app.properties": "level=info\nhosts=a\ndb.password=hunter2x\n",
        "web/plain.properties": "level=info\nhosts=a\n",
    }
    assert places(findings(tmp_path, files, *RULES)) == [("web/app.properties", 3)]


def test_a_credential_in_a_block_of_a_secret_is_told_at_its_line(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  app.properties: |\n"
    files = {"web/secret.yaml": f"{secret}    level=info\n    db.password=hunter2x\n"}
    assert places(findings(tmp_path, files, *RULES)) == [("web/secret.yaml", 7)]


def test_an_examples_password_in_values_counts_where_something_is_rendered_from_it(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  PASSWORD: {{ .Values.password }}\n"
    files = {
        "web/Chart.yaml": CHART,
        "web/values.yaml": "password: changeme\nother:\n  password: changeme\n",
        "web/templates/config.yaml": config,
        "unused/values.yaml": "password: changeme\n",
    }
    assert places(findings(tmp_path, files, "secret-value")) == [("web/values.yaml", 1)]


def test_what_rendering_puts_together_is_found_too(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": CHART,
        "web/values.yaml": "first: hunter2\n",
        "web/templates/config.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
            "data:\n  URL: postgres://app:{{ .Values.first }}x9@db/shop\n"
        ),
    }
    found = findings(tmp_path, files, "secret-value")
    assert [(item.object.kind if item.object else "", item.object.field if item.object else "") for item in found] == [
        ("ConfigMap", "data.URL")
    ]


def test_values_of_a_helm_release_and_of_an_application(tmp_path: Path) -> None:
    files = {
        "flux/release.yaml": """
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: db, namespace: db}
            spec:
              chart: {spec: {chart: postgresql, version: 16.1.0, sourceRef: {kind: HelmRepository, name: bitnami}}}
              values:
                auth:
                  postgresPassword: hunter2x
                  existingSecret: db
            """,
        "argocd/redis.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: redis, namespace: argocd}
            spec:
              project: default
              source:
                repoURL: https://charts.acme.example
                chart: redis
                targetRevision: 19.0.0
                helm:
                  parameters:
                    - name: auth.password
                      value: changeme
                  values: |
                    sentinel:
                      password: hunter2y
              destination: {server: https://kubernetes.default.svc, namespace: redis}
            """,
    }
    assert places(findings(tmp_path, files, *RULES)) == [
        ("argocd/redis.yaml", 13),
        ("argocd/redis.yaml", 16),
        ("flux/release.yaml", 8),
    ]


def test_no_output_shows_a_secret(tmp_path: Path) -> None:
    secrets = ["hunter2-values", "hunter2-secret", "hunter2-url", "hunter2-script"]
    files = {
        "values-prod.yaml": f"password: {secrets[0]}\n",
        "secret.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData: {{password: {secrets[1]}}}\n",
        "config.yaml": (
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {{URL: 'amqp://u:{secrets[2]}@mq'}}\n"
        ),
        "run.sh": f"export PASSWORD={secrets[3]}\n",
    }
    assert len(findings(tmp_path, files, *RULES)) == 4
    report = run(tmp_path, *RULES)
    outputs = [
        render_text(report, color=False, width=100, verbose=True),
        render_json(report),
        render_sarif(report),
        repr(report.findings),
    ]
    assert [secret for secret in secrets for text in outputs if secret in text] == []
    assert json.loads(outputs[1])["summary"]["error"] == 4


def test_documentation_lock_files_and_sops_are_left_alone(tmp_path: Path) -> None:
    token = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6"
    files = {
        "README.md": f"password: hunter2\ntoken {token}\n",
        "package-lock.json": f'{{"token": "{token}"}}\n',
        "values.sops.yaml": "password: hunter2\nsops: {mac: 'ENC[AES256_GCM,data:x]', lastmodified: '2026-01-01'}\n",
        "app.enc.env": "PASSWORD=ENC[AES256_GCM,data:x,type:str]\nsops_mac=ENC[x]\n",
    }
    assert findings(tmp_path, files, *RULES) == ()


def test_a_list_for_a_kind_is_no_kind_that_is_left_out(tmp_path: Path) -> None:
    found = findings(tmp_path, {"a.yaml": "apiVersion: v1\nkind: [Secret]\npassword: hunter2-prod\n"}, *RULES)
    assert [(item.rule, item.span.line) for item in found] == [("secret-value", 3)]


def test_high_entropy_is_an_option(tmp_path: Path) -> None:
    files = {"values.yaml": "anything: q8Zr2LmX7vTn4Kd9Wb3YhP6c\nimage: registry.example.com/web:1.4.2\n"}
    assert findings(tmp_path, files, "secret-value") == ()
    files[".gitlint-ops.yaml"] = "rules:\n  secret-value:\n    options: {high_entropy: true}\n"
    assert places(findings(tmp_path, files, "secret-value")) == [("values.yaml", 1)]


def test_options_allow_keys_and_names(tmp_path: Path) -> None:
    files = {
        "values.yaml": "demoPassword: hunter2\n",
        "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: demo}\nstringData: {password: hunter2}\n",
        ".gitlint-ops.yaml": """
            rules:
              secret-value:
                options: {allow_keys: ["demo*"]}
              plaintext-secret:
                options: {allow_names: ["demo"]}
            """,
    }
    assert findings(tmp_path, files, *RULES) == ()
