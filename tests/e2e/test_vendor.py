"""``vendor`` against servers on loopback: everything that a repository refers to, then runs without the network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.remote_servers import CHART_LAYER, Remote, chart, packed, serving

Write = Callable[[Mapping[str, str]], Path]

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-{{ .Chart.Name }}"}
data: {version: {{ .Chart.Version | quote }}, size: {{ .Values.size | default "small" | quote }}}
"""
REPOSITORY = {
    "clusters/prod/releases.yaml": """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata: {name: charts, namespace: flux-system}
        spec: {interval: 1h, url: ADDRESS/charts}
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata: {name: registry, namespace: flux-system}
        spec: {interval: 1h, type: oci, url: oci://HOST/charts}
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: OCIRepository
        metadata: {name: cache, namespace: flux-system}
        spec: {interval: 1h, url: oci://HOST/charts/cache, ref: {tag: 2.0.0}}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: flux-system}
        spec:
          interval: 1h
          chart: {spec: {chart: web, version: 1.x, sourceRef: {kind: HelmRepository, name: charts}}}
          values: {size: large}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: queue, namespace: flux-system}
        spec:
          interval: 1h
          chart: {spec: {chart: queue, version: ">=1.0.0", sourceRef: {kind: HelmRepository, name: registry}}}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: cache, namespace: flux-system}
        spec: {interval: 1h, chartRef: {kind: OCIRepository, name: cache}}
        """,
    "clusters/prod/sources.yaml": """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: OCIRepository
        metadata: {name: manifests, namespace: flux-system}
        spec: {interval: 1h, url: oci://HOST/manifests, ref: {semver: ">=1.0.0"}}
        ---
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: manifests, namespace: flux-system}
        spec: {interval: 1h, prune: true, path: ./deploy, sourceRef: {kind: OCIRepository, name: manifests}}
        """,
    "argocd/apps.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: helm, namespace: argocd}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: helm}
          sources:
            - {repoURL: ADDRESS/charts, chart: web, targetRevision: 1.2.0, helm: {valueFiles: [$values/size.yaml]}}
            - {repoURL: ADDRESS/git/values, targetRevision: main, ref: values}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: other, namespace: argocd}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: other}
          source: {repoURL: ADDRESS/git/bases, targetRevision: main, path: base}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: registry, namespace: argocd}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: registry}
          source: {repoURL: HOST/charts, chart: queue, targetRevision: 1.0.0}
        """,
    "overlays/prod/kustomization.yaml": """
        resources:
          - ADDRESS/git/bases//base?ref=v1.0.0
          - ADDRESS/files/crds.yaml
        helmCharts:
          - {name: web, repo: ADDRESS/charts, version: 1.2.0, releaseName: inflated}
        namePrefix: prod-
        """,
    "umbrella/Chart.yaml": """
        apiVersion: v2
        name: umbrella
        version: 0.1.0
        dependencies:
          - {name: web, version: ^1.0.0, repository: ADDRESS/charts}
          - {name: queue, version: 1.0.0, repository: oci://HOST/charts}
        """,
    "umbrella/values.yaml": "web: {size: huge}\n",
}
EXPECTED = """\
  size: from-git
  size: large
  size: huge
  name: helm-web
  name: nested
  name: registry-queue
  name: cache-cache
  name: queue-queue
  name: web-web
  name: from-artifact
  name: umbrella-queue
  name: umbrella-web
  name: prod-deep
  name: prod-from-file
  name: prod-inflated-web
  name: prod-nested
"""
"""Lines of what REPOSITORY renders to, one at least from each kind of source."""


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    """Serve all that REPOSITORY refers to."""
    with serving() as served:
        for version in ("1.0.0", "1.2.0", "2.0.0"):
            served.add_chart("charts", "web", version, chart("web", version, {"all.yaml": TEMPLATE}))
        served.push("charts/queue", "1.0.0", chart("queue", "1.0.0", {"all.yaml": TEMPLATE}), CHART_LAYER)
        served.push("charts/cache", "2.0.0", chart("cache", "2.0.0", {"all.yaml": TEMPLATE}), CHART_LAYER)
        served.push("manifests", "1.0.0", packed({"deploy/all.yaml": CONFIG_MAP.format(name="from-artifact")}))
        git = tmp_path / "git"
        base = {"base/kustomization.yaml": f"resources: [../deep, {served.address}/git/nested//more]\n"}
        base |= {"deep/kustomization.yaml": "resources: [all.yaml]\n", "deep/all.yaml": CONFIG_MAP.format(name="deep")}
        served.add_git("bases", base, git, tag="v1.0.0")
        more = {"more/kustomization.yaml": "resources: [all.yaml]\n", "more/all.yaml": CONFIG_MAP.format(name="nested")}
        served.add_git("nested", more, git)
        served.add_git("values", {"size.yaml": "size: from-git\n"}, git)
        served.bodies["/files/crds.yaml"] = ("text/yaml", CONFIG_MAP.format(name="from-file").encode())
        yield served


def run(root: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gitlint_ops", *arguments, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def repository(write: Write, remote: Remote) -> Path:
    addressed = {
        name: text.replace("ADDRESS", remote.address).replace("HOST", remote.host) for name, text in REPOSITORY.items()
    }
    return write(addressed)


def coverage(root: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(root, "check", "--format", "json", *arguments)[1])["coverage"]
    return found


def vendor(root: Path, *arguments: str) -> tuple[int, str, str]:
    return run(root, "vendor", "--allow-host", "127.0.0.1", *arguments)


def test_what_was_vendored_renders_without_the_network(write: Write, remote: Remote) -> None:
    root = repository(write, remote)
    assert len(coverage(root)["skipped"]) == 9
    code, out, err = vendor(root)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"fetched  chart 'web' 1.2.0 from {remote.address}/charts"
    assert out.splitlines()[-1] == "12 locked (0 kept), 0 not fetched"
    asked = len(remote.asked)
    rendered = run(root, "render", "--no-cache")
    assert (rendered[0], rendered[2]) == (0, "")
    assert [line for line in EXPECTED.splitlines() if line not in rendered[1].splitlines()] == []
    assert coverage(root)["skipped"] == []
    assert run(root, "render", "--no-cache") == rendered
    assert vendor(root)[1] == "12 locked (12 kept), 0 not fetched\n"
    assert len(remote.asked) == asked
    lock = (root / "gitlint-ops.lock").read_bytes()
    shutil.rmtree(root / ".gitlint-ops")
    assert vendor(root)[0] == 0
    assert (root / "gitlint-ops.lock").read_bytes() == lock


def test_the_network_for_one_check(write: Write, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(write, remote)
    monkeypatch.setenv("GITLINT_OPS_PRIVATE_HOSTS", "127.0.0.1")
    before = sorted(root.rglob("*"))
    assert coverage(root, "--network")["skipped"] == []
    assert sorted(root.rglob("*")) == before


def test_the_network_for_one_rendering(write: Write, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(write, remote)
    monkeypatch.setenv("GITLINT_OPS_PRIVATE_HOSTS", "127.0.0.1")
    lines = run(root, "render", "--network")[1].splitlines()
    assert [line for line in EXPECTED.splitlines() if line not in lines] == []


def test_what_cannot_be_fetched_is_told_with_its_place(write: Write, remote: Remote) -> None:
    root = repository(write, remote)
    del remote.bodies["/files/crds.yaml"]
    (root / "clusters/prod/releases.yaml").unlink()
    code, out, err = vendor(root)
    assert (code, out.splitlines()[-1]) == (1, "8 locked (0 kept), 1 not fetched")
    assert err == (
        f"gitlint-ops: overlays/prod/kustomization.yaml:1: {remote.address}/files/crds.yaml is not fetched: "
        "127.0.0.1 has nothing at /files/crds.yaml\n"
        "help: correct the address or the version at that place\n"
    )


def test_a_private_address_is_not_asked(write: Write, remote: Remote) -> None:
    root = write({"kustomization.yaml": f"resources: [{remote.address}/git/bases//base]\n"})
    code, _, err = run(root, "vendor")
    assert code == 1
    assert "127.0.0.1 is asked over plain HTTP, which anybody on the way can change: use https, or name it with" in err
    assert remote.asked == []
    assert not (root / "gitlint-ops.lock").exists()


def test_the_settings(write: Write, remote: Remote) -> None:
    entries = f"[{remote.address}/git/bases//base, {remote.address}/files/crds.yaml]"
    settings = {".gitlint-ops.yaml": "vendor: {folder: third-party, skip: ['*/git/*']}\n"}
    root = write({"kustomization.yaml": f"resources: {entries}\n", **settings})
    assert vendor(root) == (0, f"fetched  {remote.address}/files/crds.yaml\n1 locked (0 kept), 0 not fetched\n", "")
    assert [path.suffix for path in (root / "third-party").iterdir()] == [".tar"]
    assert "/git/bases" not in "".join(remote.asked)


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a right there")
def test_nothing_is_written_or_removed_outside_of_the_repository(write: Write, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups/mine.tar").write_text("precious", "utf-8")
    digest = "sha256:" + "0" * 64
    artifact = {"kind": "git", "url": "https://example.com/r", "file": "mine.tar", "digest": digest}
    root = write({"a.yaml": "", "gitlint-ops.lock": json.dumps({"version": 1, "artifacts": [artifact]})})
    (root / ".gitlint-ops").mkdir()
    (root / ".gitlint-ops/vendor").symlink_to(tmp_path / "backups")
    for command in ("vendor", "check"):
        code, _, err = run(root, command)
        assert (code, err.splitlines()[0]) == (2, "gitlint-ops: '.gitlint-ops/vendor' leads out of the repository")
    assert (tmp_path / "backups/mine.tar").read_text("utf-8") == "precious"


RELEASE = """
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: HelmRepository
    metadata: {name: charts, namespace: apps}
    spec: {interval: 1h, url: ADDRESS/charts}
    ---
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: web, namespace: apps}
    spec:
      interval: 1h
      chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
    """
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'acme/web:latest'}]}\n"


@pytest.fixture
def one_release(write: Write) -> Iterator[tuple[Path, Remote]]:
    """A repository with one release of a chart whose pod has a mutable tag, vendored."""
    with serving() as served:
        for version in ("1.0.0", "2.0.0"):
            served.add_chart("charts", "web", version, chart("web", version, {"pod.yaml": POD}))
        root = write({"release.yaml": RELEASE.replace("ADDRESS", served.address)})
        assert vendor(root)[0] == 0
        yield root, served


def test_a_finding_in_a_chart_is_at_the_line_that_asks_for_it(one_release: tuple[Path, Remote]) -> None:
    root, _ = one_release
    report = json.loads(run(root, "check", "--format", "json", "--rule", "mutable-image-tag")[1])
    (finding,) = report["findings"]
    assert (finding["location"]["path"], finding["location"]["line"], finding["exact"]) == ("release.yaml", 11, False)
    (related,) = finding["related"]
    assert related["path"].endswith("/templates/pod.yaml")
    assert (related["line"], related["message"]) == (4, "set here, in what is asked for")


def test_an_archive_that_was_changed_is_refused(one_release: tuple[Path, Remote]) -> None:
    root, _ = one_release
    (archive,) = (root / ".gitlint-ops/vendor").iterdir()
    archive.write_bytes(chart("web", "1.0.0", {}))
    code, _, err = run(root, "check")
    assert code == 2
    assert f"the archive {archive.name} has the digest sha256:" in err
    assert f"help: delete {archive} and run 'gitlint-ops vendor'; where gitlint-ops.lock is wrong, restore it\n" in err


def test_a_server_that_gives_other_bytes_than_the_lock_says(one_release: tuple[Path, Remote]) -> None:
    root, served = one_release
    (archive,) = (root / ".gitlint-ops/vendor").iterdir()
    archive.unlink()
    served.add_chart("charts", "web", "1.0.0", chart("web", "1.0.0", {"other.yaml": POD}))
    code, _, err = vendor(root)
    assert code == 1
    assert "of the lock file is wanted\nhelp: if the change is meant, run 'gitlint-ops vendor --update'" in err
    assert vendor(root, "--update")[0] == 0


def test_the_base_has_what_its_own_lock_file_names(one_release: tuple[Path, Remote]) -> None:
    root, served = one_release
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    release = root / "release.yaml"
    release.write_text(release.read_text("utf-8").replace("version: 1.0.0", "version: 2.0.0"), "utf-8")
    served.add_chart("charts", "web", "2.0.0", chart("web", "2.0.0", {"pod.yaml": POD.replace(":latest", ":2.0.0")}))
    out = vendor(root)[1]
    assert out.splitlines()[1:] == [
        f"removed  chart 'web' 1.0.0 from {served.address}/charts",
        "1 locked (0 kept), 0 not fetched",
    ]
    changed = json.loads(run(root, "diff", "--base", "main", "--format", "json")[1])
    assert "acme/web:2.0.0" in json.dumps(changed)
    assert "acme/web:latest" in json.dumps(changed)
