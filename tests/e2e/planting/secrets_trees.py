"""Faults of the family secrets that are a matter of whole files: SOPS, generator inputs, what a delivery renames."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, MARK, Files, Tree
from tests.e2e.planting.manifests import APPLICATION, CONFIG_MAP, PASSWORD
from tests.e2e.planting.secrets_faults import SEALED_STRICT

_OLD, _NEW = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "age1" + "q" * 58
_CIPHER = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]"
_BLOCK = f"""\
sops:
  age:
    - recipient: {_OLD}
      enc: "-----BEGIN AGE ENCRYPTED FILE-----"
  lastmodified: "2026-01-12T10:20:30Z"
  mac: {_CIPHER}
  version: 3.11.0
"""
_RULES = f"creation_rules:\n  - path_regex: \\.enc\\.(yaml|env)$\n    age: {_OLD}\n"
_SECRET_HEAD = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n"
_SECRET_BLOCK = _BLOCK + "  encrypted_regex: ^(data|stringData)$\n"
_PLAIN = f"{_SECRET_HEAD}  password: {PASSWORD}{MARK}\n"
_PARTLY = f"{_SECRET_HEAD}  user: {_CIPHER}\n  password: {PASSWORD}{MARK}\n{_SECRET_BLOCK}"
_NO_MAC = f"{_SECRET_HEAD}  user: {_CIPHER}\n" + "".join(
    line for line in _SECRET_BLOCK.replace("sops:", f"sops:{MARK}").splitlines(keepends=True) if "mac:" not in line
)
_WHOLE = f"{_SECRET_HEAD}  user: {_CIPHER}\n{_SECRET_BLOCK.replace('  age:', f'  age:{MARK}')}"
_OVERLAYS = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("dev", "prod")}


def _in_overlay(name: str, text: str) -> Files:
    return {
        "base/kustomization.yaml": "resources: [o.yaml]\n",
        "base/o.yaml": CONFIG_MAP.good,
        **_OVERLAYS,
        "overlays/prod/kustomization.yaml": f"resources: [../../base, {name}]\n",
        f"overlays/prod/{name}": text,
    }


def _in_base(name: str, text: str) -> Files:
    return {"base/kustomization.yaml": f"resources: [{name}]\n", f"base/{name}": text, **_OVERLAYS}


def _in_component(name: str, text: str) -> Files:
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    return {
        **_in_base("o.yaml", CONFIG_MAP.good),
        "components/hard/kustomization.yaml": f"{head}resources: [{name}]\n",
        f"components/hard/{name}": text,
        "overlays/prod/kustomization.yaml": "resources: [../../base]\ncomponents: [../../components/hard]\n",
    }


def _in_values(name: str, text: str) -> Files:
    return {
        "chart/Chart.yaml": f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n",
        "chart/templates/o.yaml": CONFIG_MAP.good,
        f"chart/{name}": text,
    }


def _generated(kind: str, source: str, name: str, text: str) -> Files:
    generator = f"{kind}:\n  - name: {HERE}\n    {source}: [{name}]\n"
    return {"apps/prod/kustomization.yaml": generator, f"apps/prod/{name}": text}


_VALUES = f"login:\n  user: {_CIPHER}\n  password: "
_SEALED = SEALED_STRICT.replace(f"  namespace: {HERE}\nspec", "spec")
_SENT = APPLICATION.good.replace("elsewhere.git", "this.git").replace("path: shop", f"path: {HERE}/shop")
_SENT_WRONG = _SENT.replace(f"    namespace: {HERE}\n", f"    namespace: {HERE}-other{MARK}\n")
TREES = (
    Tree(
        rule="plaintext-secret",
        place="env file of a generator",
        files=_generated("secretGenerator", "envs", "web.env", f"HOST=db\nPASSWORD={PASSWORD}\n"),
        found=("apps/prod/web.env", 2, True),
    ),
    Tree(
        rule="plaintext-secret",
        place="file of a generator",
        files=_generated("secretGenerator", "files", "password", PASSWORD),
        found=("apps/prod/password", 1, True),
    ),
    Tree(
        rule="secret-value",
        place="env file of a generator",
        files=_generated("configMapGenerator", "envs", "web.env", f"HOST=db\nPASSWORD={PASSWORD}\n"),
        found=("apps/prod/web.env", 2, True),
    ),
    Tree(
        rule="secret-value",
        place="file of a generator",
        files=_generated("configMapGenerator", "files", "web.ini", f"[db]\npassword = {PASSWORD}\n"),
        found=("apps/prod/web.ini", 2, True),
    ),
    Tree(rule="sops-rule-unmet", place="base", files={".sops.yaml": _RULES, **_in_base("s.enc.yaml", _PLAIN)}),
    Tree(rule="sops-rule-unmet", place="overlay", files={".sops.yaml": _RULES, **_in_overlay("s.enc.yaml", _PLAIN)}),
    Tree(
        rule="sops-rule-unmet", place="component", files={".sops.yaml": _RULES, **_in_component("s.enc.yaml", _PLAIN)}
    ),
    Tree(
        rule="sops-rule-unmet",
        place="values",
        files={".sops.yaml": _RULES, **_in_values("values-prod.enc.yaml", f"login:\n  password: {PASSWORD}{MARK}\n")},
    ),
    Tree(
        rule="sops-rule-unmet",
        place="env file of a generator",
        files={
            ".sops.yaml": _RULES,
            **_generated("secretGenerator", "envs", "web.enc.env", f"A=b\nPASSWORD={PASSWORD}\n"),
        },
        found=("apps/prod/web.enc.env", 1, True),
    ),
    Tree(rule="sops-partly-encrypted", place="base", files=_in_base("s.yaml", _PARTLY)),
    Tree(rule="sops-partly-encrypted", place="overlay", files=_in_overlay("s.yaml", _PARTLY)),
    Tree(rule="sops-partly-encrypted", place="component", files=_in_component("s.yaml", _PARTLY)),
    Tree(
        rule="sops-partly-encrypted",
        place="values",
        files=_in_values("values-prod.yaml", f"{_VALUES}{PASSWORD}{MARK}\n{_BLOCK}"),
    ),
    Tree(rule="sops-malformed", place="base", files=_in_base("s.yaml", _NO_MAC)),
    Tree(rule="sops-malformed", place="overlay", files=_in_overlay("s.yaml", _NO_MAC)),
    Tree(rule="sops-malformed", place="component", files=_in_component("s.yaml", _NO_MAC)),
    Tree(
        rule="sops-malformed",
        place="values",
        files=_in_values("values-prod.yaml", f"{_VALUES}ENC[AES256_GCM,data:Zm9v]{MARK}\n{_BLOCK}"),
    ),
    Tree(
        rule="sops-malformed",
        place="rules",
        files={".sops.yaml": f"creation_rules:\n  - path_regex: (secrets/.*{MARK}\n    age: {_OLD}\n"},
    ),
    Tree(
        rule="sops-key-outdated",
        place="base",
        files={".sops.yaml": _RULES.replace(_OLD, _NEW), **_in_base("s.enc.yaml", _WHOLE)},
    ),
    Tree(
        rule="sops-key-outdated",
        place="overlay",
        files={".sops.yaml": _RULES.replace(_OLD, _NEW), **_in_overlay("s.enc.yaml", _WHOLE)},
    ),
    Tree(
        rule="sops-key-outdated",
        place="values",
        files={
            ".sops.yaml": _RULES.replace(_OLD, _NEW),
            **_in_values("values-prod.enc.yaml", f"{_VALUES}{_CIPHER}\n{_BLOCK.replace('  age:', f'  age:{MARK}')}"),
        },
    ),
    Tree(
        rule="sealed-secret-rescoped",
        place="destination of an Application",
        files={"shop/o.yaml": _SEALED, "apps/prod.yaml": _SENT_WRONG},
    ),
)
