"""Faults of the family secrets."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, Entry, Setting
from tests.e2e.planting.manifests import CONFIG_MAP, DEPLOYMENT, ENCODED_SECRET, PASSWORD, SECRET, Manifest

_URL = f"https://ann:{PASSWORD}@db.example.com/x"
_CIPHER = "AgBy3i4OJSWK"
_SEALED = Manifest(
    f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: token
  namespace: {HERE}
  annotations:
    sealedsecrets.bitnami.com/cluster-wide: {{wide}}
spec:
  encryptedData:
    token: {_CIPHER}
  template:
    data:
      admin-password: {{plain}}
""",
    {
        "wide": (("metadata", "annotations", "sealedsecrets.bitnami.com/cluster-wide"), '"false"'),
        "plain": (("spec", "template", "data", "admin-password"), '""'),
    },
)
SEALED_STRICT = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: token
  namespace: {HERE}
spec:
  encryptedData:
    token: {_CIPHER}
  template:
    metadata:
      name: token
      namespace: {HERE}
"""
_EXTERNAL = Manifest(
    f"""\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: token
  namespace: {HERE}
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: {{store}}
  data:
    - secretKey: token
      remoteRef:
        key: token
""",
    {"store": (("spec", "secretStoreRef", "name"), "vault")},
)
_STORE = {
    "stores/kustomization.yaml": "resources: [store.yaml]\n",
    "stores/store.yaml": """\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.com
""",
}
FIELDS = (
    DEPLOYMENT.fault("secret-value", "password", PASSWORD),
    DEPLOYMENT.fault("secret-value", "mode", _URL),
    DEPLOYMENT.fault("secret-value", "argument", f"--password={PASSWORD}"),
    DEPLOYMENT.fault("secret-value", "note", _URL),
    CONFIG_MAP.fault("secret-value", "url", _URL),
    SECRET.fault("plaintext-secret", "password", PASSWORD),
    ENCODED_SECRET.fault("plaintext-secret", "password", "aHVudGVyMi1UcjB1YjRkb3I=", name="base64"),
    _SEALED.fault("sealed-secret-cluster-wide", "wide", '"true"'),
    _SEALED.fault("sealed-secret-plain-template", "plain", PASSWORD),
    _EXTERNAL.fault("external-secret-store-missing", "store", "vautl", beside=_STORE),
)
_GENERATED = f"""\
resources:
  - BASE
{{kind}}:
  - name: {HERE}
    literals:
      - password={PASSWORD} # planted
"""


def _literal(rule: str, kind: str) -> Entry:
    return Entry(rule=rule, name="literal", object=CONFIG_MAP.good, text=_GENERATED.format(kind=kind))


def _rescoped(name: str, line: str) -> Entry:
    text = f"resources:\n  - BASE\n{line} # planted\n"
    return Entry(rule="sealed-secret-rescoped", name=name, object=SEALED_STRICT, text=text)


ENTRIES = (
    _literal("plaintext-secret", "secretGenerator"),
    _literal("secret-value", "configMapGenerator"),
    _rescoped("namespace", f"namespace: {HERE}-other"),
    _rescoped("prefix", "namePrefix: new-"),
)
SETTINGS = (
    Setting(
        rule="sealed-secret-rescoped",
        name="namespace",
        object=SEALED_STRICT,
        argocd=f"namespace: {HERE}-other # planted\n",
        flux=f"targetNamespace: {HERE}-other # planted\n",
    ),
    Setting(
        rule="sealed-secret-rescoped",
        name="prefix",
        object=SEALED_STRICT,
        argocd="namePrefix: new- # planted\n",
        flux="namePrefix: new- # planted\n",
    ),
)
