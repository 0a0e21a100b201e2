"""Faults of the family images."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, Entry, Setting, Value
from tests.e2e.planting.manifests import APPLICATION, CRONJOB, DEPLOYMENT, Manifest

_DIGEST = "sha256:4c1f6e9a4c1f6e9a4c1f6e9a4c1f6e9a4c1f6e9a4c1f6e9a4c1f6e9a4c1f6e9a"
_PINNED = f"registry.example.com/web@{_DIGEST}"
_ROLLOUT = Manifest(
    """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: {image}
""",
    {"image": (("spec", "template", "spec", "containers", ("name", "web"), "image"), "registry.example.com/web:1.4.2")},
)
_CHART = Manifest(
    f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {HERE}
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://charts.example.com
    chart: shop
    targetRevision: {{version}}
  destination:
    server: https://kubernetes.default.svc
    namespace: {HERE}
""",
    {"version": (("spec", "source", "targetRevision"), "1.2.3")},
)
_RELEASE = Manifest(
    f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: {HERE}-remote
  namespace: {HERE}
spec:
  interval: 10m
  chart:
    spec:
      chart: shop
      version: {{version}}
      sourceRef:
        kind: HelmRepository
        name: acme
        namespace: flux-system
""",
    {"version": (("spec", "chart", "spec", "version"), "1.2.3")},
)
_OCI = Manifest(
    f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: {HERE}
  namespace: flux-system
spec:
  interval: 10m
  url: oci://registry.example.com/{HERE}
  ref:
    semver: {{ref}}
""",
    {"ref": (("spec", "ref", "semver"), "1.4.2")},
)
_GIT = Manifest(
    f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: {HERE}
  namespace: flux-system
spec:
  interval: 10m
  url: https://git.example.com/team/{HERE}.git
  ref:
    name: {{ref}}
""",
    {"ref": (("spec", "ref", "name"), "refs/tags/v1.4.2")},
)
_POLICY = Manifest(
    f"""\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: {HERE}
  namespace: flux-system
spec:
  imageRepositoryRef:
    name: web
  policy:
    semver:
      range: {{range}}
""",
    {"range": (("spec", "policy", "semver", "range"), "1.x")},
)
FIELDS = (
    DEPLOYMENT.fault("mutable-image-tag", "image", "registry.example.com/web:latest"),
    CRONJOB.fault("mutable-image-tag", "image", "registry.example.com/first", name="init container"),
    _ROLLOUT.fault("mutable-image-tag", "image", "registry.example.com/web:main", name="custom kind"),
    DEPLOYMENT.fault("image-not-digest-pinned", "image", "registry.example.com/web:1.4.3", good=_PINNED),
    DEPLOYMENT.fault("image-registry-not-allowed", "image", "docker.io/library/nginx:1.27.3"),
    DEPLOYMENT.fault("image-from-unknown-build", "image", "registry.example.com/builds/web:1.4.2"),
    APPLICATION.fault("mutable-target-revision", "revision", "main"),
    _GIT.fault("mutable-target-revision", "ref", "refs/heads/main"),
    _OCI.fault("mutable-target-revision", "ref", "1.x", name="range"),
    _CHART.fault("mutable-chart-version", "version", "19.x", name="application"),
    _RELEASE.fault("mutable-chart-version", "version", "19.x", name="release"),
    APPLICATION.fault("image-automation-unbounded", "images", "web=registry.example.com/web"),
    _POLICY.fault("image-automation-unbounded", "range", "x"),
)
_WEB = DEPLOYMENT.good
_INFLATED = """\
resources:
  - BASE
helmCharts:
  - name: shop
    repo: https://charts.example.com
    version: 19.x # planted
"""


def _image(rule: str, name: str, new: str, version: str = ":1.4.2") -> Entry:
    """Give the fault of an images entry for the image of the Deployment, which has this version without it."""
    text = f"resources:\n  - BASE\nimages:\n  - name: registry.example.com/web\n    {new} # planted\n"
    return Entry(rule=rule, name=name, object=_WEB.replace(":1.4.2", version), text=text)


ENTRIES = (
    _image("mutable-image-tag", "images entry", "newTag: latest"),
    _image("image-not-digest-pinned", "images entry", "newTag: 1.4.3", f"@{_DIGEST}"),
    _image("image-registry-not-allowed", "images entry", "newName: docker.io/library/web"),
    _image("unquoted-image-tag", "images entry", "newTag: 1.10"),
    Entry(
        rule="images-entry-unused",
        object=_WEB,
        text="resources:\n  - BASE\nimages:\n  - name: registry.example.com/gone # planted\n    newTag: 1.4.3\n",
    ),
    Entry(
        rule="images-entry-unused",
        name="replicas",
        object=_WEB,
        text="resources:\n  - BASE\nreplicas:\n  - name: gone # planted\n    count: 3\n",
    ),
    Entry(
        rule="mutable-remote-base",
        object=_WEB,
        text=f"resources:\n  - BASE\n  - https://git.example.com/acme/{HERE}//web?ref=main # planted\n",
    ),
    Entry(
        rule="mutable-chart-version",
        name="inflated",
        object=_WEB,
        text=_INFLATED,
    ),
)


def _setting(rule: str, image: str, new: str) -> Setting:
    """Give the fault of an image that a delivery lays over its folder: as Argo CD and as Flux write it."""
    return Setting(
        rule=rule,
        name="image",
        object=_WEB,
        argocd=f"images:\n  - {image} # planted\n",
        flux=f"images:\n  - name: registry.example.com/web\n    {new} # planted\n",
    )


SETTINGS = (
    _setting("mutable-image-tag", "registry.example.com/web:latest", "newTag: latest"),
    _setting("image-not-digest-pinned", "registry.example.com/web:1.4.3", "newTag: 1.4.3"),
    _setting(
        "image-registry-not-allowed",
        "registry.example.com/web=docker.io/library/web:1.4.2",
        "newName: docker.io/library/web",
    ),
    Setting(
        rule="images-entry-unused",
        name="image",
        object=_WEB,
        argocd="images:\n  - registry.example.com/gone:1.4.3 # planted\n",
        flux="images:\n  - name: registry.example.com/gone # planted\n    newTag: 1.4.3\n",
    ),
)
VALUES = (
    Value(
        rule="unquoted-image-tag",
        good='"1.9"',
        bad="1.10",
        key="imageTag",
        template=_WEB.replace("web:1.4.2", "web:{{ .Values.imageTag }}"),
        text=False,
    ),
)
