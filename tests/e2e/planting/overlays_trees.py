"""Faults of the family overlays that are a matter of several files: copies, drift, files that nothing reads."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, MARK, Files, Tree
from tests.e2e.planting.manifests import APPLICATION, CONFIG_MAP, DEPLOYMENT

_ENVIRONMENTS = ("dev", "staging", "prod")
_BASE = {"base/kustomization.yaml": "resources: [o.yaml]\n", "base/o.yaml": DEPLOYMENT.good}
_COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
_ORPHAN = f"apiVersion: v1{MARK}\nkind: ConfigMap\nmetadata:\n  name: {HERE}-other\n"
_BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: web
"""
_HISTORY = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  revisionHistoryLimit: 2
"""


def _overlays(text: str, *names: str) -> Files:
    return {f"overlays/{name}/kustomization.yaml": text for name in names or _ENVIRONMENTS}


_PLAIN = "resources: [../../base]\n"
_BUDGETED = {
    **_overlays("resources: [../../base, budget.yaml]\n"),
    **{f"overlays/{name}/budget.yaml": _BUDGET for name in _ENVIRONMENTS},
}


def _delivered(kind: str) -> Files:
    """Give the environments as folders that deliveries of their own apply."""
    return {f"clusters/{name}/web.yaml": _DELIVERIES[kind].replace("ENV", name) for name in _ENVIRONMENTS}


_DELIVERIES = {
    "argocd": APPLICATION.good.replace("elsewhere.git", "this.git")
    .replace("path: shop", f"path: {HERE}/overlays/ENV")
    .replace(f"name: {HERE}\n", f"name: {HERE}-ENV\n"),
    "flux": f"""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {HERE}
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ./{HERE}/overlays/ENV
  sourceRef:
    kind: GitRepository
    name: flux-system
""",
}
_LACKING = {
    path: text
    for path, text in {
        **_BASE,
        **_BUDGETED,
        "overlays/staging/kustomization.yaml": f"resources:{MARK}\n  - ../../base\n",
    }.items()
    if path != "overlays/staging/budget.yaml"
}
_WHOLE = (
    DEPLOYMENT.good
    + """\
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
            limits:
              memory: 128Mi
"""
)
_COPIED = _WHOLE.replace("apps/v1\n", f"apps/v1{MARK}\n", 1).replace("replicas: 2", "replicas: 3")
_BESIDE = {**_BASE, "base/o.yaml": _WHOLE, **_overlays(_PLAIN, "dev", "staging")}
_MANY = "".join(
    f"  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata:\n        name: web\n"
    f"        annotations:\n          example.com/note-{number}: plain\n"
    for number in range(11)
)
_VALUES = "".join(f"key{number}: {{}}\n" for number in range(20))
_CHART = {
    "chart/Chart.yaml": f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n",
    "chart/values.yaml": _VALUES.replace("{}", "low"),
    "chart/templates/o.yaml": CONFIG_MAP.good + "".join(f"  key{n}: {{{{ .Values.key{n} }}}}\n" for n in range(20)),
}
_REGION = '  region: {{ .Values.region | default "none" }}\n'
TREES = (
    Tree(
        rule="orphan-file", place="overlay", files={**_BASE, **_overlays(_PLAIN), "overlays/prod/other.yaml": _ORPHAN}
    ),
    Tree(rule="orphan-file", place="base", files={**_BASE, **_overlays(_PLAIN), "base/other.yaml": _ORPHAN}),
    Tree(
        rule="orphan-file",
        place="component",
        files={
            **_BASE,
            **_overlays(_PLAIN),
            "components/more/kustomization.yaml": f"{_COMPONENT}resources: [more.yaml]\n",
            "components/more/more.yaml": _BUDGET,
            "components/more/other.yaml": _ORPHAN,
            "overlays/prod/kustomization.yaml": f"{_PLAIN}components: [../../components/more]\n",
        },
    ),
    Tree(
        rule="orphan-file",
        place="folder of a delivery",
        files={**_BASE, **_overlays(_PLAIN), **_delivered("flux"), "overlays/prod/other.yaml": _ORPHAN},
    ),
    Tree(rule="environment-drift", place="overlay", files=_LACKING),
    Tree(rule="environment-drift", place="Applications", files={**_LACKING, **_delivered("argocd")}),
    Tree(rule="environment-drift", place="Flux", files={**_LACKING, **_delivered("flux")}),
    Tree(
        rule="environment-drift",
        place="values",
        files={
            **_CHART,
            "chart/templates/o.yaml": CONFIG_MAP.good + _REGION,
            "chart/values.yaml": "mode: low\n",
            "chart/values-dev.yaml": "region: eu\n",
            "chart/values-staging.yaml": f"mode: high{MARK}\n",
            "chart/values-prod.yaml": "region: eu\n",
        },
    ),
    Tree(
        rule="overlay-copies-base",
        place="resource",
        files={**_BESIDE, **_overlays("resources: [copy.yaml]\n", "prod"), "overlays/prod/copy.yaml": _COPIED},
    ),
    Tree(
        rule="overlay-copies-base",
        place="patch",
        never={"component": "a component is patches for several bases, and no overlay of one"},
        files={
            **_BESIDE,
            **_overlays(f"{_PLAIN}patches:\n  - path: copy.yaml\n", "prod"),
            "overlays/prod/copy.yaml": _COPIED,
        },
    ),
    Tree(
        rule="oversized-overlay",
        place="overlay",
        never={"component": "what a component holds is shared, and makes no overlay large"},
        files={**_BESIDE, **_overlays(f"resources: [../../base]\npatches:{MARK}\n{_MANY}", "prod")},
    ),
    Tree(
        rule="oversized-overlay",
        place="values",
        files={**_CHART, "chart/values-prod.yaml": _VALUES.replace("{}\n", f"high{MARK}\n", 1).replace("{}", "high")},
    ),
    Tree(
        rule="repeated-patch",
        place="files",
        files={
            **_BASE,
            **_overlays(f"{_PLAIN}patches:\n  - path: history.yaml\n"),
            **{f"overlays/{name}/history.yaml": _HISTORY for name in _ENVIRONMENTS},
        },
        found=("overlays/dev/history.yaml", 1, True),
    ),
    Tree(
        rule="repeated-patch",
        place="kustomizations",
        files={
            **_BASE,
            **_overlays(f"{_PLAIN}patches:\n  - patch: |-\n" + "".join(f"      {x}\n" for x in _HISTORY.splitlines())),
        },
        found=("overlays/dev/kustomization.yaml", 3, True),
    ),
)
