"""A server on loopback for what repositories refer to: chart repository, OCI registry, Git over HTTP, plain files."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
FLUX_LAYER = "application/vnd.cncf.flux.content.v1.tar+gzip"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def packed(files: Mapping[str, str], below: str = "") -> bytes:
    """Give a .tgz of files, the same for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{below}/{name}" if below else name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)


def chart(name: str, version: str, templates: Mapping[str, str], **others: str) -> bytes:
    """Give the archive of a chart; ``others`` are further files, their dots written ``_``."""
    files = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n"}
    files |= {key.replace("_", "."): text for key, text in others.items()}
    return packed(files | {f"templates/{key}": text for key, text in templates.items()}, name)


@dataclass
class Remote:
    """What the server gives: bodies by path with their content type, Git repositories below ``/git``."""

    address: str = ""
    bodies: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    git_root: Path | None = None
    asked: list[str] = field(default_factory=list)
    _charts: dict[str, list[tuple[str, str, bytes]]] = field(default_factory=dict)
    _tags: dict[str, list[str]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The address without its scheme."""
        return self.address.removeprefix("http://")

    def add_chart(self, repository: str, name: str, version: str, archive: bytes) -> None:
        """Put a chart into a repository, whose index is at ``/REPOSITORY/index.yaml``."""
        entries = [entry for entry in self._charts.get(repository, []) if entry[:2] != (name, version)]
        entries.append((name, version, archive))
        self._charts[repository] = entries
        self.bodies[f"/{repository}/{name}-{version}.tgz"] = ("application/gzip", archive)
        index: dict[str, list[dict[str, object]]] = {}
        for entry, number, data in entries:
            digest = hashlib.sha256(data).hexdigest()
            described = {"apiVersion": "v2", "name": entry, "version": number, "digest": digest}
            index.setdefault(entry, []).append(described | {"urls": [f"{entry}-{number}.tgz"]})
        text = json.dumps({"apiVersion": "v1", "entries": index})
        self.bodies[f"/{repository}/index.yaml"] = ("text/yaml", text.encode())

    def push(self, repository: str, tag: str, layer: bytes, media_type: str = FLUX_LAYER) -> None:
        """Put an artifact into the registry."""
        described = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": self._blob(repository, b"{}", "x/y")}
        manifest = json.dumps(described | {"layers": [self._blob(repository, layer, media_type)]}).encode()
        for name in (tag, _digest(manifest)):
            self.bodies[f"/v2/{repository}/manifests/{name}"] = (_MANIFEST, manifest)
        tags = self._tags.setdefault(repository, [])
        tags.append(tag)
        listed = json.dumps({"name": repository, "tags": tags}).encode()
        self.bodies[f"/v2/{repository}/tags/list"] = ("application/json", listed)

    def _blob(self, repository: str, data: bytes, media_type: str) -> dict[str, object]:
        self.bodies[f"/v2/{repository}/blobs/{_digest(data)}"] = ("application/octet-stream", data)
        return {"mediaType": media_type, "digest": _digest(data), "size": len(data)}

    def add_git(self, name: str, files: Mapping[str, str], folder: Path, tag: str = "") -> str:
        """Commit files to the branch main of ``/git/NAME``, and give the commit."""
        self.git_root = folder
        work = folder / name
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, "utf-8")
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        commands = [["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-qm", "x"]]
        commands += [["tag", tag]] if tag else []
        for command in commands:
            subprocess.run(["git", *command], cwd=work, check=True, capture_output=True)
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True, text=True)
        return done.stdout.strip()


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@contextmanager
def serving() -> Iterator[Remote]:
    """Serve on a port of loopback while the context is open."""
    remote = Remote()
    handler = type("Handler", (_Handler,), {"remote": remote})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    remote.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield remote
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    remote: Remote
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        self.remote.asked.append(path)
        if path.startswith("/git/") and self.remote.git_root is not None:
            self._git(path.removeprefix("/git"), query)
            return
        kind, body = self.remote.bodies.get(path, ("text/plain", b""))
        self.send_response(200 if path in self.remote.bodies else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Docker-Content-Digest", _digest(body))
        self._send(body)

    def _send(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _git(self, path: str, query: str) -> None:
        """Answer by way of ``git http-backend``, a CGI program."""
        length = int(self.headers.get("Content-Length") or 0)
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.remote.git_root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "uploadpack.allowReachableSHA1InWant",
            "GIT_CONFIG_VALUE_0": "true",
        }
        program = shutil.which("git") or "git"
        done = subprocess.run(
            [program, "http-backend"], input=self.rfile.read(length), env=environment, capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = dict(re.findall(r"^([\w-]+): (.*)$", head.decode().replace("\r", ""), re.MULTILINE))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self._send(body)
