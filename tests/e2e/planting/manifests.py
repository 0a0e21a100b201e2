"""Objects that are right, and of which a fault takes one field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.planting.fault import HERE, SLOT, Field, Step

PASSWORD = "hunter2-Tr0ub4dor"


@dataclass(frozen=True)
class Manifest:
    """An object with places for values, and of each place its field and good value."""

    text: str
    fields: Mapping[str, tuple[tuple[Step, ...], str]]

    @property
    def good(self) -> str:
        """The object as it should be."""
        return self.text.format(**{name: good for name, (_, good) in self.fields.items()})

    def having(self, **good: str) -> Manifest:
        """Give the same object with other values that are good."""
        return Manifest(
            self.text, {name: (field, good.get(name, known)) for name, (field, known) in self.fields.items()}
        )

    def fault(self, rule: str, at: str, bad: str, **settings: Any) -> Field:
        """Give the fault that this value is in this place; the other places are good."""
        values = {other: good for other, (_, good) in self.fields.items()}
        field, good = self.fields[at]
        text = self.text.format(**{**values, at: SLOT})
        known = {"name": at, "good": good, "object": text, "field": field}
        return Field(rule=rule, bad=bad, **{**known, **settings})


_CONTAINER: tuple[Step, ...] = ("spec", "template", "spec", "containers", ("name", "web"))
DEPLOYMENT = Manifest(
    """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    example.com/database: {note}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: {selector}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: {image}
          imagePullPolicy: {pull}
          args:
            - {argument}
          env:
            - name: DATABASE_PASSWORD
              value: {password}
            - name: MODE
              value: {mode}
""",
    {
        "note": (("metadata", "annotations", "example.com/database"), "plain"),
        "replicas": (("spec", "replicas"), "2"),
        "selector": (("spec", "selector", "matchLabels", "app"), "web"),
        "image": ((*_CONTAINER, "image"), "registry.example.com/web:1.4.2"),
        "pull": ((*_CONTAINER, "imagePullPolicy"), "Always"),
        "argument": ((*_CONTAINER, "args", 0), "--serve"),
        "password": ((*_CONTAINER, "env", ("name", "DATABASE_PASSWORD"), "value"), '""'),
        "mode": ((*_CONTAINER, "env", ("name", "MODE"), "value"), "plain"),
    },
)
CRONJOB = Manifest(
    """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: {schedule}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          initContainers:
            - name: first
              image: {image}
          containers:
            - name: main
              image: registry.example.com/job:2.0.1
""",
    {
        "schedule": (("spec", "schedule"), '"0 3 * * *"'),
        "image": (
            ("spec", "jobTemplate", "spec", "template", "spec", "initContainers", ("name", "first"), "image"),
            "registry.example.com/first:3.1.0",
        ),
    },
)
CONFIG_MAP = Manifest(
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  url: {url}\n",
    {"url": (("data", "url"), "https://db.example.com")},
)
SECRET = Manifest(
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: {password}\n",
    {"password": (("stringData", "password"), '""')},
)
ENCODED_SECRET = Manifest(
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\ndata:\n  password: {password}\n",
    {"password": (("data", "password"), '""')},
)
_SYNC: tuple[Step, ...] = ("spec", "syncPolicy", "automated")
_APPLICATION_FIELDS: dict[str, tuple[tuple[Step, ...], str]] = {
    "finalizer": (("metadata", "finalizers", 0), "example.com/kept"),
    "images": (
        ("metadata", "annotations", "argocd-image-updater.argoproj.io/image-list"),
        "web=registry.example.com/web:~1.4",
    ),
    "project": (("spec", "project"), "shop"),
    "path": (("spec", "source", "path"), "shop"),
    "revision": (("spec", "source", "targetRevision"), "v1.2.3"),
    "prune": ((*_SYNC, "prune"), "true"),
    "heal": ((*_SYNC, "selfHeal"), "false"),
    "enabled": ((*_SYNC, "enabled"), "true"),
    "empty": ((*_SYNC, "allowEmpty"), "false"),
    "option": (("spec", "syncPolicy", "syncOptions", 0), "CreateNamespace=true"),
}
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: HERE
  namespace: argocd
  finalizers:
    - {finalizer}
  annotations:
    argocd-image-updater.argoproj.io/image-list: {images}
spec:
  project: {project}
  source:
    repoURL: https://git.example.com/team/elsewhere.git
    path: {path}
    targetRevision: {revision}
  destination:
    server: https://kubernetes.default.svc
    namespace: HERE
  syncPolicy:
    automated:
      prune: {prune}
      selfHeal: {heal}
      enabled: {enabled}
      allowEmpty: {empty}
    syncOptions:
      - {option}
"""
APPLICATION = Manifest(_APPLICATION, _APPLICATION_FIELDS)
ROOT = Manifest(
    _APPLICATION.replace("name: HERE\n", "name: HERE-root\n").replace("elsewhere.git", "this.git"), _APPLICATION_FIELDS
).having(path=f"{HERE}/children", prune="false")
"""An Application of Applications, which :data:`CHILDREN` are."""


def child(environment: str) -> str:
    """Give an Application whose source lies elsewhere, for this environment."""
    return APPLICATION.good.replace(f"name: {HERE}\n", f"name: {HERE}-child-{environment}\n")


CHILDREN = {"children/web.yaml": child("web")}
