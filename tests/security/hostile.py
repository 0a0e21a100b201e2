"""A repository of attacks: those of ``attacks.yaml``, one a folder, and those whose files are computed.

Outside of the repository lie files with a canary. The attacks want them read, programs started, and a server asked.
"""

from __future__ import annotations

import gzip
import io
import itertools
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CANARY = "CANARY-7f3c9a"
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b\n"
_CHART = {
    "Chart.yaml": "apiVersion: v2\nname: NAME\nversion: 1.0.0\n",
    "values.yaml": "a: 1\n",
    "templates/a.yaml": OBJECT,
}
_DEEP = 100_000
_HUGE = 200 * 1024 * 1024
_OUTSIDE = {
    "values.yaml": f"stolen: {CANARY}\n",
    "object.yaml": OBJECT.replace("x", CANARY.lower()),
    "broken.yaml": f"{CANARY}: [\n  {CANARY}\n",
    "plain.txt": f"{CANARY}\n",
    "schema.json": f'{{"type": "{CANARY}"}}',
    "folder/kustomization.yaml": "resources: [object.yaml]\n",
    "folder/object.yaml": OBJECT.replace("x", CANARY.lower()),
    "run.sh": '#!/bin/sh\ntouch "$(dirname "$0")/executed"\n',
}


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: the known one that it follows, what the report must say of its folder ('' for nothing), its files."""

    name: str
    after: str
    said: str
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False


def _listed(entry: Mapping[str, Any]) -> Attack:
    files = (_CHART if entry.get("chart") else {}) | entry.get("files", {})
    said, links, slow = entry.get("said", ""), entry.get("links", {}), bool(entry.get("slow"))
    return Attack(entry["name"], entry["after"], said, files, links, slow)


def _archive(members: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for name, target in links.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return gzip.compress(packed.getvalue(), 1)


def _around(members: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> dict[str, str | bytes]:
    """Give a chart that has a packed one, with these members too, in its charts/."""
    dependency = "dependencies:\n  - {name: inner, version: 1.0.0, repository: 'https://charts.example.com'}\n"
    inner = {"inner/Chart.yaml": b"apiVersion: v2\nname: inner\nversion: 1.0.0\n", **members}
    packed = {"charts/inner-1.0.0.tgz": _archive(inner, links or {})}
    return _CHART | {"Chart.yaml": _CHART["Chart.yaml"] + dependency} | packed


def expansion(first: str, line: str) -> str:
    """Give YAML whose last line stands for 9^9 times what ``first`` does; ``line`` has {name} and {below}."""
    names = [f"n{level}" for level in range(10)]
    pairs = itertools.pairwise(names)
    return first + "".join(line.format(name=name, below=", ".join([f"*{below}"] * 9)) for below, name in pairs)


def _doubling(levels: int) -> dict[str, str | bytes]:
    """Give kustomizations of which each holds the one below twice."""
    files: dict[str, str | bytes] = {"kustomization.yaml": f"resources: [n{levels}]\n", "n0/a.yaml": OBJECT}
    files["n0/kustomization.yaml"] = "resources: [a.yaml]\n"
    for level in range(1, levels + 1):
        files[f"n{level}/kustomization.yaml"] = "resources: [left, right]\n"
        for side in ("left", "right"):
            files[f"n{level}/{side}/kustomization.yaml"] = f"namePrefix: {side}-\nresources: [../../n{level - 1}]\n"
    return files


def _manifest(text: str) -> dict[str, str | bytes]:
    return {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": text}


def _matrix(size: int) -> str:
    axes = [", ".join(f"{{k{axis}: v{number}}}" for number in range(size)) for axis in range(2)]
    lists = "".join(f"          - list: {{elements: [{items}]}}\n" for items in axes)
    head = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: x, namespace: argocd}\nspec:\n"
    template = "  template:\n    metadata: {name: 'x-{{k0}}-{{k1}}'}\n    spec: {project: default}\n"
    return f"{head}  generators:\n    - matrix:\n        generators:\n{lists}{template}"


_BACKTRACKING = (
    "resources: [a.yaml]\npatches:\n"
    '  - {target: {name: \'(a+)+$\', kind: \'(.*)*x\'}, patch: \'[{"op": "add", "path": "/data/c", "value": "d"}]\'}\n'
)

COMPUTED = (
    Attack("large", "CVE-2022-31016", "the limit is 10485760", {"a.yaml": b"a: " + b"x" * (10 * 1024 * 1024)}),
    Attack(
        "aliases",
        "CVE-2019-11253",
        "excessive aliasing",
        {"a.yaml": expansion(f"{OBJECT}n0: &n0 [x]\n", "{name}: &{name} [{below}]\n")},
    ),
    Attack(
        "merges",
        "merge keys",
        "excessive aliasing",
        {"a.yaml": expansion(f"{OBJECT}n0: &n0 {{x: 1}}\n", "{name}: &{name} {{<<: [{below}]}}\n")},
    ),
    Attack("circle", "an anchor in itself", "contains itself", _manifest(f"{OBJECT}n: &n [1, *n]\n")),
    Attack("deep-flow", "a stack overflow in libyaml", "max depth", _manifest(OBJECT + "n: " + "[" * _DEEP)),
    Attack("deep-block", "a stack overflow", "deeper than 200 levels", _manifest(f"{OBJECT}n:\n  {'- ' * 5000}x\n")),
    Attack("deep-json", "a stack overflow", "max depth", {"kustomization.yaml": "resources: [a.json]\n"}
           | {"a.json": '{"apiVersion": "v1", "kind": "ConfigMap", "x": ' + "[" * _DEEP + "]" * _DEEP + "}"}),
    Attack("digits", "an integer of 5,000 digits", "", {"a.yaml": f"{OBJECT}  n: {'9' * 5000}\n"}),
    Attack("bomb", "CVE-2025-32386, CVE-2023-40584", "chart is larger", _around({"inner/x": b"\0" * _HUGE})),
    Attack(
        "slip",
        "CVE-2020-4053",
        "illegally references parent directory",
        _around({"../../../outside/slipped": b"x", "/tmp/slipped": b"x"}, {"inner/values.yaml": "/etc/hostname"}),
    ),
    Attack("matrix", "a matrix of matrices", "more than 10000 parameter sets", {"set.yaml": _matrix(400)}),
    Attack(
        "backtracking",
        "regular expressions that go back",
        "",
        {"kustomization.yaml": _BACKTRACKING, "a.yaml": OBJECT.replace("x", "a" * 200 + "b")},
    ),
    Attack("doubling", "bases that double", "", _doubling(24), slow=True),
)  # fmt: skip

LISTED = tuple(map(_listed, yaml.safe_load(Path(__file__).with_name("attacks.yaml").read_text("utf-8"))))
ATTACKS = LISTED + COMPUTED


def write_attacks(root: Path, outside: Path, port: int, *, slow: bool) -> None:
    """Write the repository of all attacks that are (or are not) slow, and what lies outside of it."""
    for name, text in _OUTSIDE.items():
        _write(outside / name, text.encode())
    (outside / "run.sh").chmod(0o755)
    for attack in (attack for attack in ATTACKS if attack.slow == slow):
        words = {"OUTSIDE": str(outside), "PORT": str(port), "NAME": attack.name}
        for name, content in attack.files.items():
            data = content if isinstance(content, bytes) else _filled(content, words).encode()
            _write(root / attack.name / name, data)
        for name, target in attack.links.items():
            link = root / attack.name / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(_filled(target, words))


def write_pipes(root: Path) -> None:
    """Put FIFOs, which nobody writes to, where files are read."""
    for name in ("kustomization.yaml", "values.yaml", "a.yaml", "CODEOWNERS", ".argocd-source.yaml"):
        (root / "pipes").mkdir(parents=True, exist_ok=True)
        os.mkfifo(root / "pipes" / name)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
