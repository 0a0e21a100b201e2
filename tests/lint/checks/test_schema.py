from __future__ import annotations

from pathlib import Path

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
