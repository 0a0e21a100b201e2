"""No place is claimed exact wrongly: each claim is tried by editing that very line and rendering again."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from gitlint_ops.repo.model import KustomizeUnit
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import Trial, judge, loose

FIXTURES = Path(__file__).parents[3] / "fixtures"
REPOSITORIES = tuple(sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
EXHAUSTIVE = bool(os.environ.get("GITLINT_OPS_EXHAUSTIVE"))
TRIED_PER_REPOSITORY = 8

WORKLOADS = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      serviceAccountName: runner
      containers:
        - name: web
          image: registry.example.com/web:1.0
          args: [--verbose, --level=info, --verbose]
          env:
            - {name: MODE, value: plain}
            - name: KEY
              valueFrom: {configMapKeyRef: {name: settings, key: MODE}}
          ports:
            - containerPort: 8080
            - containerPort: 9090
        - name: proxy
          image: envoy:1.30
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: runner}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
  - {kind: ServiceAccount, name: runner, namespace: default}
  - {kind: ServiceAccount, name: other, namespace: elsewhere}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: 8080}
    - {name: admin, port: 90, targetPort: 9090}
"""
BASE = "resources: [all.yaml]\nconfigMapGenerator:\n  - {name: settings, literals: [MODE=x]}\n"
FEATURES = (
    "namespace: shop\n",
    "namePrefix: p-\n",
    "nameSuffix: -s\n",
    "commonLabels: {team: blue}\n",
    "labels:\n  - pairs: {stage: live}\n    includeSelectors: true\n",
    "commonAnnotations: {owner: me}\n",
    "images:\n  - {name: registry.example.com/web, newName: mirror.example.com/web, newTag: '2.0'}\n",
    "images:\n  - {name: envoy, digest: 'sha256:aa11'}\n",
    "replicas:\n  - {name: web, count: 3}\n",
    "patches:\n  - target: {kind: Deployment}\n    patch: |-\n      - {op: replace, path: /spec/replicas, value: 5}\n",
    "patches:\n  - path: merge.yaml\n",
    (
        "patches:\n  - target: {kind: Service}\n    patch: |-\n      - op: add\n        path: /spec/ports/-\n"
        "        value: {name: extra, port: 70, targetPort: 7070}\n"
    ),
    "configMapGenerator:\n  - name: extra\n    literals: [A=1, B=two]\n    envs: [extra.env]\n",
    "secretGenerator:\n  - name: hidden\n    literals: [password=secret]\n    options: {labels: {kept: 'yes'}}\n",
)
MERGE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          env: [{name: MODE, value: fast}, {name: NEW, value: added}]
          resources: {limits: {cpu: 100m}}
        - {name: sidecar, image: 'side:3'}
"""


def overlay(chance: random.Random, base: str) -> str:
    """Give a kustomization over a base with some of the features, no field twice."""
    text, used = f"resources: [{base}]\n", set()
    for feature in chance.sample(FEATURES, chance.randint(2, 6)):
        field = feature.partition(":")[0]
        if field not in used:
            used.add(field)
            text += feature
    return text


@pytest.mark.parametrize("seed", range(8))
def test_generated_overlays(make_lab: MakeLab, seed: int) -> None:
    chance = random.Random(seed)
    beside = {"merge.yaml": MERGE, "extra.env": "COLOR=red\nSIZE=4\n"}
    files = {
        "base/all.yaml": WORKLOADS,
        "base/kustomization.yaml": BASE,
        "middle/kustomization.yaml": overlay(chance, "../base"),
        "prod/kustomization.yaml": overlay(chance, "../middle"),
    }
    files |= {f"{folder}/{name}": text for folder in ("middle", "prod") for name, text in beside.items()}
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace("name: extra", "name: extra-prod")
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace("name: hidden", "name: hidden-prod")
    verdict = judge(make_lab(files, loose(KustomizeUnit("prod"))))
    assert verdict.wrong == []
    assert verdict.fields > 40
    assert verdict.exact >= 0.95 * verdict.fields


@pytest.mark.parametrize("name", REPOSITORIES)
def test_repositories(tmp_path: Path, name: str) -> None:
    """Whole repositories, with all that their controllers add: each claimed place is edited on the disk.

    Each place takes a rendering: some are chosen, all of them where GITLINT_OPS_EXHAUSTIVE is set.
    """
    root = tmp_path / "repo"
    shutil.copytree(FIXTURES / name, root)
    trial = Trial(root)
    assert len(trial.exact) >= 0.9 * len(trial.claims) > 0
    places = trial.places()
    tried = places if EXHAUSTIVE else random.Random(name).sample(places, min(TRIED_PER_REPOSITORY, len(places)))
    assert [wrong for claim in tried if (wrong := trial.disproved(*claim))] == []


def test_nearly_all_fields_of_the_repositories_are_exact(tmp_path: Path) -> None:
    fields = exact = 0
    for name in REPOSITORIES:
        shutil.copytree(FIXTURES / name, tmp_path / name)
        trial = Trial(tmp_path / name)
        fields, exact = fields + len(trial.claims), exact + len(trial.exact)
    assert exact >= 0.95 * fields > 0
