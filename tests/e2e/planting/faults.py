"""The faults that are planted: one field of one object, what it should be, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

Step = str | tuple[str, str]
"""A key of a mapping, or (key, value): the item of a list that has it."""
SLOT = "SLOT"
"""Stands in an object for the field's value."""


@dataclass(frozen=True)
class Fault:
    """A rule, an object with a slot, the field's place in it, and a good and a bad value as YAML writes them."""

    rule: str
    object: str
    field: tuple[Step, ...]
    good: str
    bad: str
    name: str = ""
    patched: bool = True
    """Whether a patch of the object may set the field: an object's identity is not patched."""
    text: bool = True
    """Whether the value is a text, which variables and parameters can carry without a change of type."""

    @property
    def id(self) -> str:
        """What tells this fault from others, in the test's name."""
        return f"{self.rule}-{self.name}" if self.name else self.rule


_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: {image}
          imagePullPolicy: {pull}
          env:
            - name: DATABASE_PASSWORD
              value: {password}
            - name: MODE
              value: {mode}
"""
_CONTAINER: tuple[Step, ...] = ("spec", "template", "spec", "containers", ("name", "web"))
_GOOD = {"image": "registry.example.com/web:1.4.2", "pull": "Always", "password": '""', "mode": "plain"}
_CRONJOB = f"""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          initContainers:
            - name: first
              image: {SLOT}
          containers:
            - name: main
              image: registry.example.com/job:2.0.1
"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: {project}
  source:
    repoURL: https://git.example.com/team/elsewhere.git
    path: shop
    targetRevision: {revision}
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
  syncPolicy:
    automated:
      prune: true
      allowEmpty: {empty}
    syncOptions:
      - {option}
"""
_APPLICATION_GOOD = {"project": "shop", "revision": "v1.2.3", "empty": "false", "option": "Validate=true"}
_PROJECT = f"""\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: shop
  namespace: argocd
spec:
  description: {SLOT}
  sourceRepos:
    - https://git.example.com/team/elsewhere.git
  destinations:
    - server: https://kubernetes.default.svc
      namespace: shop
"""
_SUSPENDED = f"""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: far
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  suspend: {SLOT}
  path: ./far
  sourceRef:
    kind: GitRepository
    name: elsewhere
"""
_GIT_REPOSITORY = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: elsewhere
  namespace: flux-system
spec:
  interval: 10m
  url: https://git.example.com/team/elsewhere.git
  ref:
    tag: {SLOT}
"""
_SEALED = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: token
  namespace: shop
  annotations:
    sealedsecrets.bitnami.com/cluster-wide: {SLOT}
spec:
  encryptedData:
    token: AgBy3i4OJSWK
"""
_CONFIG = f"""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  url: {SLOT}
"""
_SECRET = f"""\
apiVersion: v1
kind: Secret
metadata:
  name: login
stringData:
  password: {SLOT}
"""
_BUDGET = f"""\
apiVersion: {SLOT}
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: web
"""


def _workload(rule: str, slot: str, step: tuple[Step, ...], bad: str) -> Fault:
    text = _DEPLOYMENT.format(**{**_GOOD, slot: SLOT})
    return Fault(rule, text, (*_CONTAINER, *step), _GOOD[slot], bad, slot)


def _application(rule: str, slot: str, field: tuple[Step, ...], bad: str, *, text: bool = True) -> Fault:
    return Fault(
        rule, _APPLICATION.format(**{**_APPLICATION_GOOD, slot: SLOT}), field, _APPLICATION_GOOD[slot], bad, text=text
    )


_PASSWORD = "hunter2-Tr0ub4dor"
FAULTS = (
    _workload("mutable-image-tag", "image", ("image",), "registry.example.com/web:latest"),
    _workload("schema-error", "pull", ("imagePullPolicy",), "Sometimes"),
    _workload("secret-value", "password", ("env", ("name", "DATABASE_PASSWORD"), "value"), _PASSWORD),
    _workload("secret-value", "mode", ("env", ("name", "MODE"), "value"), f"https://ann:{_PASSWORD}@db.example.com/x"),
    Fault(
        "mutable-image-tag",
        _CRONJOB,
        ("spec", "jobTemplate", "spec", "template", "spec", "initContainers", ("name", "first"), "image"),
        "registry.example.com/first:3.1.0",
        "registry.example.com/first",
        "init container",
    ),
    Fault(
        "secret-value", _CONFIG, ("data", "url"), "https://db.example.com", f"https://ann:{_PASSWORD}@db.example.com/x"
    ),
    Fault("plaintext-secret", _SECRET, ("stringData", "password"), '""', _PASSWORD),
    Fault("removed-api", _BUDGET, ("apiVersion",), "policy/v1", "policy/v1beta1", patched=False),
    _application("mutable-target-revision", "revision", ("spec", "source", "targetRevision"), "main"),
    _application("allow-empty", "empty", ("spec", "syncPolicy", "automated", "allowEmpty"), "true", text=False),
    Fault("auto-sync-paused", _SUSPENDED, ("spec", "suspend"), "false", "true", "flux", text=False),
    Fault(
        "sealed-secret-cluster-wide",
        _SEALED,
        ("metadata", "annotations", "sealedsecrets.bitnami.com/cluster-wide"),
        '"false"',
        '"true"',
    ),
)
