"""What is wanted from elsewhere, and what it came to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["chart", "git", "oci", "file"]
KINDS: tuple[Kind, ...] = ("chart", "git", "oci", "file")

_USER = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True, order=True)
class Remote:
    """Something that the repository refers to: what a lock is keyed by. Made by ``remote``.

    ``kind``: ``chart`` (``url`` is a chart repository's or, with ``oci://``, a registry's folder), ``oci`` (an artifact
    with manifests), ``git``, or ``file`` (one file over HTTP). ``version`` is as written: a version or a range of them,
    a tag, branch, commit or digest; '' where none is.
    """

    kind: Kind
    url: str
    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        """Name it in the user's words."""
        version = f" {self.version}" if self.version else ""
        what = {"chart": f"chart '{self.name}'{version} from ", "oci": "OCI artifact ", "git": "Git repository "}
        shown = self.url.partition("?")[0]
        return f"{what.get(self.kind, '')}{shown}{version if self.kind in ('git', 'oci') else ''}"


@dataclass(frozen=True, slots=True)
class Locked:
    """What a Remote came to: an archive, by its name and the digest of its bytes (``sha256:`` and 64 hex digits).

    ``version`` is the version, tag or branch that was chosen; ``revision`` the commit or the manifest's digest.
    """

    file: str
    digest: str
    version: str = ""
    revision: str = ""

    @property
    def folder(self) -> str:
        """The name of the folder that holds its files: the archive's without its ending."""
        return self.file.rpartition(".")[0]


def remote(kind: Kind, url: str, name: str = "", version: str = "") -> Remote:
    """Give a Remote: credentials in its address are left out, and so is a slash at its end."""
    return Remote(kind, _USER.sub("", url.strip()).rstrip("/"), name, version)
