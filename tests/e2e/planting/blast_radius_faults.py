"""Faults of the family blast-radius."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, Object
from tests.e2e.planting.manifests import APPLICATION, CHILDREN, ROOT, Manifest, child

_SET = Manifest(
    f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: {HERE}-set
  namespace: argocd
spec:
  goTemplate: true
  goTemplateOptions:
    - {{option}}
  syncPolicy:
    preserveResourcesOnDeletion: {{preserve}}
  generators:
    - git:
        repoURL: https://git.example.com/team/this.git
        revision: v1.0.0
        directories:
          - path: {HERE}/sets/*
  template:
    metadata:
      name: {HERE}-{{{{.path.basename}}}}
    spec:
      project: shop
      source:
        repoURL: https://git.example.com/team/this.git
        path: '{{{{.path.path}}}}'
        targetRevision: v1.0.0
      destination:
        server: https://kubernetes.default.svc
        namespace: {HERE}
""",
    {
        "option": (("spec", "goTemplateOptions", 0), "missingkey=error"),
        "preserve": (("spec", "syncPolicy", "preserveResourcesOnDeletion"), "true"),
    },
)
_PROJECT = Manifest(
    f"""\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: {HERE}
  namespace: argocd
spec:
  sourceRepos:
    - {{source}}
  destinations:
    - server: https://kubernetes.default.svc
      namespace: {{namespace}}
  clusterResourceWhitelist:
    - group: "*"
      kind: {{kind}}
""",
    {
        "source": (("spec", "sourceRepos", 0), "https://git.example.com/team/*"),
        "namespace": (("spec", "destinations", ("server", "https://kubernetes.default.svc"), "namespace"), "shop-*"),
        "kind": (("spec", "clusterResourceWhitelist", ("group", "*"), "kind"), "Namespace"),
    },
)
_CLAIM = f"""\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: # planted
  name: data
  namespace: {HERE}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1Gi
"""
_DATABASE = f"""\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: # planted
  name: orders
  namespace: {HERE}
spec:
  instances: 3
"""
_ENVIRONMENTS = {f"children/{name}.yaml": child(name) for name in ("staging", "prod")}
_MANY = {f"children/{name}.yaml": child(name) for name in ("dev", "staging", "prod")}
_BELOW_FLUX = dict.fromkeys(
    (
        "release_chart",
        "flux_folder",
        "flux_component",
        "flux_patch",
        "release_values",
        "values_from",
        "substitution",
        "substitution_from",
        "substitution_default",
    ),
    "the Kustomization above syncs by itself and reaches the same, so it is the one that is named",
)
_UNDELIVERED = dict.fromkeys(
    ("folder", "base", "component", "chart_template", "chart_helper"), "nothing prunes what no delivery applies"
)
_ALIAS = dict.fromkeys(
    ("substitution", "substitution_from", "substitution_default"),
    "Flux substitutes in the object's YAML, where a bare * is an alias, and so applies nothing",
)
_PATTERN = {**_ALIAS, "replacement": "Kustomize takes the * in the field's path for a pattern"}
_WAITING = ROOT.having(enabled="false")
FIELDS = (
    APPLICATION.fault("allow-empty", "empty", "true", text=False),
    _SET.fault("appset-no-missingkey-error", "option", "missingkey=zero"),
    _SET.fault("appset-unbounded", "preserve", "false", text=False),
    ROOT.fault("cascade-delete", "finalizer", "resources-finalizer.argocd.argoproj.io", beside=CHILDREN),
    ROOT.fault("root-app-auto-prune", "prune", "true", beside=CHILDREN, text=False),
    ROOT.fault("root-app-default-project", "project", "default", beside=CHILDREN),
    ROOT.fault("root-app-mutable-revision", "revision", "main", beside=CHILDREN),
    _WAITING.fault(
        "root-app-mixes-environments", "enabled", "true", beside=_ENVIRONMENTS, text=False, never=_BELOW_FLUX
    ),
    ROOT.fault("root-app-blast-radius", "heal", "true", beside=_MANY, text=False, never=_BELOW_FLUX),
    _PROJECT.fault("project-too-wide", "source", '"*"', never=_ALIAS),
    _PROJECT.fault("project-too-wide", "namespace", '"*"', never=_ALIAS),
    _PROJECT.fault("project-too-wide", "kind", '"*"', never=_PATTERN),
)
OBJECTS = (
    Object(rule="stateful-prune", name="claim", object=_CLAIM, pruned=True, never=_UNDELIVERED),
    Object(rule="stateful-prune", name="database", object=_DATABASE, pruned=True, never=_UNDELIVERED),
)
