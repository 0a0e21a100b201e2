"""No secret of a repository is printed, logged or cached: whole, in part, or in base64."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import re
import string
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gitlint_ops.report.formats import FORMATS
from tests.repositories import Repository

WINDOW = 8
"""So many characters of a secret in a row are a part of it."""
_DICE = random.Random(20)
"""Gives the same secrets in each run, so that a leak can be found again."""


def _secret() -> str:
    """Give a secret that nothing else looks like, and that credential detectors take for one."""
    return "Zq" + "".join(_DICE.choices(string.ascii_letters + string.digits, k=26)) + "7x"


NAMES = (
    "string-data",
    "data",
    "literal",
    "env-file",
    "file",
    "values",
    "template-default",
    "substitute",
    "url",
    "env",
    "annotation",
    "argument",
    "repo-url",
    "parameter",
    "sops-plain",
    "sealed-plain",
    "script",
    "invalid-yaml",
    "duplicate",
    "values-schema",
    "fail-text",
    "patch",
    "json-patch",
    "config-map",
    "release",
    "release-secret",
    "ci-step",
    "ci-env",
)
SECRETS: Mapping[str, str] = {name: _secret() for name in NAMES}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _files() -> dict[str, str]:
    s = SECRETS
    return {
        ".gitlint-ops.yaml": "repository: {urls: ['https://git.example.com/team/this.git']}\n",
        "apps/prod/kustomization.yaml": (
            "resources: [secret.yaml, deployment.yaml, config.yaml, sops.yaml, sealed.yaml]\n"
            f"secretGenerator:\n  - name: a\n    literals: ['password={s['literal']}']\n"
            "  - name: b\n    envs: [login.env]\n  - name: c\n    files: [token.txt]\n"
            "patches:\n  - path: patch.yaml\n"
            "  - target: {kind: Deployment}\n    patch: |-\n      - op: replace\n"
            f"        path: /spec/template/spec/containers/0/env/1/value\n        value: {s['json-patch']}\n"
        ),
        "apps/prod/login.env": f"DB_PASSWORD={s['env-file']}\n",
        "apps/prod/token.txt": s["file"],
        "apps/prod/secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: one\n"
            f"stringData:\n  password: {s['string-data']}\ndata:\n  token: {_base64(s['data'])}\n  extra: 5\n"
        ),
        "apps/prod/deployment.yaml": (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n"
            f"    example.com/api-token: {s['annotation']}\nspec:\n  replicas: many\n"
            "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
            f"      containers:\n        - name: web\n          image: r.example.com/web:latest\n"
            f"          imagePullPolicy: Sometimes\n          args: ['--password={s['argument']}']\n"
            f"          env:\n            - {{name: API_TOKEN, value: {s['env']}}}\n"
            "            - {name: DB_PASSWORD, value: ''}\n"
            f"            - {{name: DB_URL, value: 'postgres://ann:{s['url']}@db.example.com/x'}}\n"
            f"            # gitlint-ops: ignore=secret-valeu reason=none\n"
        ),
        "apps/prod/patch.yaml": (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n"
            f"      containers:\n        - name: web\n          env: [{{name: OLD_PASSWORD, value: {s['patch']}}}]\n"
        ),
        "apps/prod/config.yaml": (
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata:\n  db_password: {s['config-map']}\n"
        ),
        "apps/prod/sops.yaml": (
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: sops}}\nstringData:\n  password: {s['sops-plain']}\n"
            "sops:\n  mac: ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str]\n"
            "  lastmodified: '2026-01-01T00:00:00Z'\n"
            "  age: [{recipient: age1xyz, enc: x}]\n"
        ),
        "apps/prod/sealed.yaml": (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed, namespace: shop}\nspec:\n"
            f"  encryptedData: {{a: AgBy3i}}\n  template:\n    data:\n      password: {s['sealed-plain']}\n"
        ),
        "apps/dev/broken.yaml": f"apiVersion: v1\nkind: Secret\nstringData:\n  password: '{s['invalid-yaml']}\n  - x\n",
        "apps/dev/twice.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: twice}\nstringData:\n"
            f"  password: {s['duplicate']}\n  password: {s['duplicate']}\n"
        ),
        "apps/dev/kustomization.yaml": "resources: [broken.yaml, twice.yaml, missing.yaml]\n",
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": f"password: ''\nport: 80\nnested: {{key: {{token: {s['values']}}}}}\n",
        "chart/values-prod.yaml": f"password: {s['values-schema']}\nport: many\n",
        "chart/values.schema.json": '{"properties": {"password": {"type": "string", "maxLength": 3}}}',
        "chart/templates/secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: chart}\nstringData:\n"
            f'  password: {{{{ .Values.password | default "{s["template-default"]}" }}}}\n'
            "  token: {{ .Values.nested.key.token }}\n"
        ),
        "failing/Chart.yaml": "apiVersion: v2\nname: failing\nversion: 1.0.0\n",
        "failing/values.yaml": f"password: {s['fail-text']}\n",
        "failing/templates/a.yaml": '{{ fail (printf "the password %s is weak" .Values.password) }}\n',
        "clusters/prod/apps.yaml": (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\n"
            "  namespace: flux-system\nspec:\n  interval: 10m\n  prune: true\n  path: ./substituted\n"
            "  sourceRef: {kind: GitRepository, name: flux-system}\n  postBuild:\n    substitute:\n"
            f"      DB_PASSWORD: {s['substitute']}\n"
        ),
        "substituted/config.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  db_password: ${DB_PASSWORD}\n"
        ),
        "clusters/prod/release.yaml": (
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r, namespace: shop}\nspec:\n"
            "  interval: 10m\n  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system}}}\n"
            f"  values:\n    adminPassword: {s['release']}\n    unknown: {{secret: {s['release-secret']}}}\n"
        ),
        "argocd/app.yaml": (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec:\n"
            f"  project: default\n  source:\n    repoURL: https://bot:{s['repo-url']}@git.example.com/team/other.git\n"
            "    path: x\n    targetRevision: main\n    helm:\n      parameters:\n"
            f"        - {{name: password, value: {s['parameter']}}}\n"
            "  destination: {server: 'https://kubernetes.default.svc', namespace: shop}\n"
        ),
        "deploy.sh": f"#!/bin/sh\nexport API_TOKEN={s['script']}\n",
        ".github/workflows/deploy.yaml": (
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n"
            f"      API_TOKEN: {s['ci-env']}\n    steps:\n"
            f"      - run: kubectl apply -n shop --token={s['ci-step']} -f apps/prod\n"
        ),
    }


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check", ".", "--verbose", "--show-suppressed", "--fail-on", "info"),
    ("check", ".", "--statistics"),
    ("check", ".", "--profile", "strict", "--verbose"),
    ("check", ".", "--diff", "--unsafe-fixes"),
    ("check", ".", "--base", "HEAD~1", "--verbose"),
    *(("check", ".", "--format", name) for name in FORMATS),
    ("inspect", "."),
    ("inspect", ".", "--format", "json"),
    ("versions", "."),
    ("versions", ".", "--format", "json"),
    ("owner", "Deployment/web"),
    ("owner", "Secret/one", "--format", "json"),
    ("diff", ".", "--base", "HEAD~1"),
    ("diff", ".", "--base", "HEAD~1", "--format", "json"),
    ("diff", ".", "--base", "HEAD~1", "--format", "markdown"),
    ("baseline", "."),
    ("init", ".", "--force"),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose second commit brings all the secrets; the first has other ones in their places."""
    root = tmp_path_factory.mktemp("leaks")
    repository = Repository(root)
    files = _files()
    before = {path: text for path, text in files.items() if path != "apps/prod/secret.yaml"}
    before["apps/prod/kustomization.yaml"] = "resources: [deployment.yaml, config.yaml]\n"
    before["apps/prod/deployment.yaml"] = files["apps/prod/deployment.yaml"].replace(SECRETS["env"], "other")
    for state in (before, files):
        repository.commit(state)
    repository.write(files)
    return root


def parts(secret: str) -> Iterator[str]:
    """Give what gives a secret away: its windows, and the windows of its base64 at each of the three alignments."""
    for start in range(len(secret) - WINDOW + 1):
        yield secret[start : start + WINDOW]
    for lead in range(3):
        encoded = _base64("x" * lead + secret)[4 if lead else 0 : -4]
        for start in range(len(encoded) - WINDOW + 1):
            yield encoded[start : start + WINDOW]


def leaks(text: str) -> list[str]:
    """Give the names of the secrets that a text shows something of."""
    return [name for name, secret in SECRETS.items() if any(part in text for part in parts(secret))]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_shows_a_secret(command: tuple[str, ...], repository: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    cache = tmp_path / "cache"
    environment = {**os.environ, "HOME": str(home), "GITLINT_OPS_CACHE_DIR": str(cache), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "gitlint_ops", *command],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    assert leaks(done.stdout + done.stderr) == []
    written = [*tmp_path.rglob("*"), *(repository / name for name in (".gitlint-ops-baseline.json",))]
    for file in (path for path in written if path.is_file()):
        assert leaks_of_bytes(file.read_bytes()) == []
    assert (cache / "results-1.sqlite").stat().st_size > 10_000


def leaks_of_bytes(data: bytes) -> list[str]:
    """Give the names of the secrets that a file shows something of: as it is, unpacked, or by an unsalted digest."""
    found = [name for part in (data, *inflated(data)) for name in leaks(part.decode("utf-8", errors="replace"))]
    contents = {**SECRETS, **_files()}
    for name, text in contents.items():
        digests = [hashlib.new(kind, text.encode()) for kind in ("md5", "sha1", "sha256", "blake2b")]
        found += [name for item in digests if item.digest() in data or item.hexdigest().encode() in data]
    return found


def inflated(data: bytes) -> Iterator[bytes]:
    """Give what unpacks out of the bytes, wherever it begins."""
    for head in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj().decompress(data[head.start() :], 1 << 20)
        except zlib.error:
            continue


def test_the_search_finds_what_it_looks_for() -> None:
    secret = SECRETS["env"]
    assert leaks(f"a {secret[3:14]} b") == ["env"]
    assert leaks(_base64(f"ab{secret}cd")) == ["env"]
    assert leaks("nothing") == []
    assert leaks_of_bytes(b"x" + zlib.compress(f"a {secret} b".encode(), 1) + b"y") == ["env"]
    assert leaks_of_bytes(b"x" + hashlib.sha256(secret.encode()).digest()) == ["env"]
    assert leaks_of_bytes(b"nothing") == []
