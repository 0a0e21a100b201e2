"""No place is claimed exact wrongly: each claim is tried by editing that very line and rendering again."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import Provenance, render_repository
from gitlint_ops.render.model import Origin, RenderedObject, Rendering
from gitlint_ops.render.provenance.match import leaves, same, value_at
from gitlint_ops.repo.model import KustomizeUnit
from gitlint_ops.source import FieldPath, SourceTree, open_tree
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import altered_file, judge, loose

FIXTURES = Path(__file__).parents[3] / "fixtures"
REPOSITORIES = ("app-of-apps", "base-overlays", "flux-cluster", "helm-values", "monorepo")
TRIED_PER_REPOSITORY = 12

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


def render(root: Path) -> tuple[EngineClient, SourceTree, Rendering]:
    engine, config = EngineClient(root, workers=2), load_config(root)
    tree = open_tree(root, engine, config)
    return engine, tree, render_repository(tree, engine, config)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_repositories(tmp_path: Path, name: str) -> None:
    """Whole repositories, with all that their controllers add: each claimed place is edited on the disk."""
    root = tmp_path / "repo"
    shutil.copytree(FIXTURES / name, root)
    engine, tree, rendering = render(root)
    with engine:
        provenance = Provenance(tree, engine, rendering)
        claims = [
            (item, path, provenance.origins(item, path)[0])
            for item in rendering.all_objects()
            for path, _ in leaves(item.data)
            if path not in (("apiVersion",), ("kind",))
        ]
        exact = [claim for claim in claims if claim[2].exact]
        assert len(exact) >= 0.9 * len(claims) > 0
        by_place = list({claim[2].span: claim for claim in exact}.values())
        chosen = random.Random(name).sample(by_place, min(TRIED_PER_REPOSITORY, len(by_place)))
        assert [wrong for claim in chosen if (wrong := disproved(root, tree, *claim))] == []


def disproved(root: Path, tree: SourceTree, item: RenderedObject, path: FieldPath, origin: Origin) -> str:
    """Edit a claimed place, render the repository again; '' where the field changed, else what was claimed wrongly."""
    file = root / origin.span.path
    text = file.read_text("utf-8")
    file.write_text(altered_file(tree, origin.span), "utf-8", newline="\n")
    engine, _, rendering = render(root)
    engine.close()
    file.write_text(text, "utf-8", newline="\n")
    again = [found for found in rendering.objects.get(item.delivery.id, ()) if found.label == item.label]
    kept = any(same(value_at(found.data, path), value_at(item.data, path)) for found in again)
    return f"{item.label} {path}: {origin.span}" if kept else ""
