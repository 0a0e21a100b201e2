"""Writes GitOps repositories of a given size, the same bytes each time: overlays over bases, or releases of charts."""

from __future__ import annotations

import shutil
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
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {app}-{environment}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/platform/deployments.git
    targetRevision: main
    path: charts/{chart}
    helm:
      releaseName: {app}
      valueFiles:
        - values-{environment}.yaml
        - ../../apps/{app}/{environment}.yaml
  destination:
    server: https://kubernetes.default.svc
    namespace: {app}-{environment}
  syncPolicy:
    automated: {{prune: true, selfHeal: true}}
    syncOptions: [CreateNamespace=true]
"""
ENVIRONMENT_VALUES = """\
env:
  LOG_LEVEL: {level}
  REGION: {environment}
podLabels:
  environment: {environment}
autoscaling:
  enabled: {is_production}
"""
RELEASE_VALUES = """\
image:
  tag: "1.{minor}.{patch}"
{replicas}resources:
  limits: {{memory: {memory}Mi}}
ingress:
  enabled: true
  hosts: [{app}.{environment}.example.com]
config:
  upstreams: [http://{app}-backend.{app}-{environment}:8080]
"""
CHART = Path(__file__).parent / "chart"
"""The chart that the generated ones are copies of, under other names."""

DEFECT_EVERY = 50
"""One of so many sets the replicas of what an autoscaler scales: some findings, not thousands."""


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


def generate_releases(root: Path, charts: int, releases: int) -> list[str]:
    """Write ``charts`` charts with ``releases`` Argo CD Applications of them in all, each with values of its own.

    Gives for each the arguments of the `helm template` that renders it, as one line.
    """
    for number in range(charts):
        _write_chart(root / "charts" / _chart(number))
    commands = []
    for number in range(releases):
        service, at = divmod(number, len(ENVIRONMENTS))
        app, environment, chart = f"app-{service:04}", ENVIRONMENTS[at], _chart(service % charts)
        names = {"app": app, "environment": environment}
        values = f"apps/{app}/{environment}.yaml"
        replicas = "" if number % DEFECT_EVERY else "keepReplicas: true\nautoscaling: {enabled: true}\n"
        write(root / "applications" / environment / f"{app}.yaml", APPLICATION.format(chart=chart, **names))
        amounts = {"minor": service % 9, "patch": service % 7, "memory": 256 + number % 256}
        write(root / values, RELEASE_VALUES.format(replicas=replicas, **names, **amounts))
        files = f"-f charts/{chart}/values-{environment}.yaml -f {values}"
        commands.append(f"template {app} charts/{chart} -n {app}-{environment} {files}")
    return commands


def _chart(number: int) -> str:
    return f"service-{number:02}"


def _write_chart(folder: Path) -> None:
    """Write a copy of the chart under the folder's name, and its values for each environment."""
    shutil.copytree(CHART, folder, dirs_exist_ok=True)
    for file in (folder / "Chart.yaml", folder / "values.yaml"):
        write(file, file.read_text("utf-8").replace("service\n", f"{folder.name}\n"))
    for environment in ENVIRONMENTS:
        is_production = environment.startswith("prod")
        level, flag = ("warn", "true") if is_production else ("debug", "false")
        text = ENVIRONMENT_VALUES.format(level=level, environment=environment, is_production=flag)
        write(folder / f"values-{environment}.yaml", text)
