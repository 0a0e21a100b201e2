"""Writes a GitOps repository of a given size, the same bytes each time: bases, and overlays over them."""

from __future__ import annotations

from pathlib import Path

ENVIRONMENTS = ("dev", "test", "staging", "prod-eu", "prod-us")

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
  labels: {{app: {app}}}
spec:
  selector:
    matchLabels: {{app: {app}}}
  template:
    metadata:
      labels: {{app: {app}}}
    spec:
      containers:
        - name: {app}
          image: registry.example.com/{app}:1.0.0
          ports:
            - {{name: http, containerPort: 8080}}
          envFrom:
            - configMapRef: {{name: {app}}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
"""
OTHERS = {
    "service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: {app}
spec:
  selector: {{app: {app}}}
  ports:
    - {{name: http, port: 80, targetPort: http}}
""",
    "configmap.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {app}
data:
  LOG_LEVEL: info
  REGION: none
""",
    "hpa.yaml": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {app}
spec:
  minReplicas: 1
  maxReplicas: 3
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {app}}}
""",
    "account.yaml": """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {app}
""",
}
BASE = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
  - configmap.yaml
  - hpa.yaml
  - account.yaml
"""
OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {app}-{environment}
resources:
  - ../../base
images:
  - name: registry.example.com/{app}
    newTag: 1.4.0
labels:
  - pairs: {{environment: {environment}}}
patches:
  - path: patch.yaml
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
spec:
{replicas}  template:
    spec:
      containers:
        - name: {app}
          resources:
            limits: {{memory: {memory}Mi}}
"""


DEFECT_EVERY = 50
"""One overlay of so many sets the replicas of what an autoscaler scales: some findings, not thousands."""


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def generate(root: Path, bases: int, overlays: int) -> list[str]:
    """Write ``bases`` apps of five objects each with ``overlays`` overlays in all; give the overlays' folders."""
    folders = []
    for number in range(bases):
        app = f"app-{number:04}"
        write(root / "apps" / app / "base" / "deployment.yaml", DEPLOYMENT.format(app=app))
        for name, text in OTHERS.items():
            write(root / "apps" / app / "base" / name, text.format(app=app))
        write(root / "apps" / app / "base" / "kustomization.yaml", BASE)
    for number in range(overlays):
        app = f"app-{number % bases:04}"
        copy, environment = divmod(number // bases, len(ENVIRONMENTS))
        name = ENVIRONMENTS[environment] + (f"-{copy}" if copy else "")
        folder = f"apps/{app}/overlays/{name}"
        replicas = "" if number % DEFECT_EVERY else f"  replicas: {1 + number % 5}\n"
        write(root / folder / "kustomization.yaml", OVERLAY.format(app=app, environment=name))
        write(root / folder / "patch.yaml", PATCH.format(app=app, replicas=replicas, memory=256 + number % 256))
        folders.append(folder)
    return folders
