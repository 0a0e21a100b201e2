"""The configuration's ``remotes``: which folder here holds the content of a URL."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from gitlint_ops.repo.locality import normalise_url
from gitlint_ops.repo.model import Kustomization

_NO_SCHEME = ("github.com/", "github.com:")
"""What Kustomize takes for a remote without a scheme (api/internal/git/repospec.go)."""


def mapped_repository(remotes: Mapping[str, str], url: str) -> str | None:
    """Give the folder that stands for a repository's URL, whatever its spelling; None where none does."""
    # A key with a query means one entry of a kustomization, not a repository.
    folder = {_same(remote): folder for remote, folder in remotes.items() if "?" not in remote}.get(_same(url))
    return None if folder is None else posixpath.normpath(folder or ".")


def mapped_entry(remotes: Mapping[str, str], written: str) -> str | None:
    """Give the path that stands for a remote entry of a kustomization; None where none does.

    The entry as it is written counts first, so that two revisions of a repository can lead to two folders; then its
    repository, to which the entry's path is joined.
    """
    if written in remotes:
        return posixpath.normpath(remotes[written])
    for repository, below in _splits(written):
        folder = mapped_repository(remotes, repository)
        if folder is not None:
            return posixpath.normpath(posixpath.join(folder, below))
    return None


def mapped_remotes(
    remotes: Mapping[str, str], kustomizations: Mapping[str, Kustomization]
) -> tuple[tuple[str, str], ...]:
    """Give what the engine needs to build all kustomizations: each remote text in them that is mapped, and its path."""
    if not remotes:
        return ()
    texts = {text for one in kustomizations.values() for text in _texts(one)}
    found = ((text, mapped_entry(remotes, text)) for text in sorted(texts))
    return tuple((text, path) for text, path in found if path is not None)


def _texts(kustomization: Kustomization) -> Iterator[str]:
    yield from (reference.written for reference in kustomization.references)
    charts = kustomization.data.get("helmCharts")
    for chart in charts if isinstance(charts, list) else ():
        if isinstance(chart, dict) and isinstance(chart.get("repo"), str):
            yield chart["repo"]


def _splits(written: str) -> Iterable[tuple[str, str]]:
    """Give the ways to read an entry as a repository's URL and a path in it, the longest URL first."""
    text = written.removeprefix("git::").partition("?")[0]
    if text.startswith(_NO_SCHEME):
        text = f"https://{text.replace(':', '/', 1)}"
    scheme, separator, rest = text.rpartition("://")
    repository, double, below = rest.partition("//")
    if double:
        yield f"{scheme}{separator}{repository}", below
        return
    parts = rest.split("/")
    for end in range(len(parts), 0, -1):
        yield f"{scheme}{separator}{'/'.join(parts[:end])}", "/".join(parts[end:])


def entry_parts(written: str) -> tuple[str, str, str]:
    """Take a remote entry of a kustomization apart: the repository's URL, the path in it, the revision.

    As Kustomize does (api/internal/git/repospec.go): the path begins after ``_git/NAME``, ``//`` or ``.git``, else
    after two segments, which are a group and a name.
    """
    text, _, query = written.removeprefix("git::").partition("?")
    if text.startswith(_NO_SCHEME):
        text = f"https://{text.replace(':', '/', 1)}"
    parameters = dict(parse_qsl(query))
    revision = parameters.get("ref") or parameters.get("version") or ""
    match = _ENTRY.match(text)
    if match is None:
        return text, "", revision
    return match["repository"].rstrip("/"), match["below"].strip("/"), revision


_ENTRY = re.compile(
    r"(?P<repository>(?:[a-z][a-z0-9+.-]*://)?[^/]+?[/:](?:\S*?/_git/[^/]+|\S*?\.git(?=/|$)|\S*?(?=//)|[^/]+/[^/]+))"
    r"(?P<below>\S*)",
    re.IGNORECASE,
)


def _same(url: str) -> str:
    return normalise_url(url) or url.strip().rstrip("/").lower()
