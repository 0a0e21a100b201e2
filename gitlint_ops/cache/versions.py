"""What has a say in every result: this program, its engine and rules, and the libraries that judge."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

LIBRARIES = (
    "cel-expr-python",
    "detect-secrets",
    "jsonschema",
    "jsonschema-rs",
    "kubernetes-validate",
    "pyyaml",
    "ruamel.yaml",
)
"""The distributions whose version can change a finding."""
_SOURCES = (".py", ".yaml", ".json", ".sha256", ".html", ".css", ".js")


@cache
def made_by() -> bytes:
    """Give a digest of all versions: the same on every machine of a kind with the same installation."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(f"{sys.platform} {sys.version_info[:2]}\n".encode())
    for name in sorted(_installed()):
        digest.update(f"{name}\n".encode())
    # In a checkout the rules lie beside the package, else in it.
    rules = () if (package / "_rules").is_dir() else (package.parent / "rules",)
    for folder in (package, *rules):
        for path, name in _files(str(folder)):
            with open(path, "rb") as file:  # noqa: PTH123 - hundreds of files at each start
                digest.update(f"{name} {hashlib.sha256(file.read()).hexdigest()}\n".encode())
    return digest.digest()


def _files(top: str) -> Iterable[tuple[str, str]]:
    """Give path and name below ``top`` of each source, in an order that no file system decides."""
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if name.endswith(_SOURCES):
                path = os.path.join(folder, name)  # noqa: PTH118 - as above
                yield path, os.path.relpath(path, top).replace(os.sep, "/")


def _installed() -> Iterator[str]:
    """Give name and version of the installed libraries, from the names of their ``.dist-info`` folders.

    ``importlib.metadata`` knows the same, but takes longer to import than the whole rest.
    """
    wanted = {_normal(name) for name in LIBRARIES}
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):  # noqa: PTH208 - as above
            distribution, _, version = name.removesuffix(".dist-info").partition("-")
            if name.endswith(".dist-info") and _normal(distribution) in wanted:
                yield f"{_normal(distribution)} {version}"


def _normal(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")
