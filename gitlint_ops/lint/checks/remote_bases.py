"""The check of what kustomizations fetch: a remote base on a branch changes under them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from urllib.parse import parse_qs

from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.revision_words import follows_branch, is_unresolved, without_user
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.locality import normalise_url
from gitlint_ops.repo.model import Reference

_MANY = 5
"""So many references to one branch of one repository are one decision, wherever they stand; fewer, in each file."""
_MAX_RELATED = 20
_REVISION_IN_PATH = re.compile(
    r"""
      ^https?://raw\.githubusercontent\.com/(?P<raw>[^/]+/[^/]+)/(?:refs/(?:heads|tags)/)?(?P<raw_ref>[^/]+)/
    | ^https?://(?P<blob>[^/]+/[^/]+/[^/]+(?:/[^/]+)*?)/(?:-/)?(?:raw|blob)/(?:refs/(?:heads|tags)/)?(?P<blob_ref>[^/]+)/
    | ^https?://(?P<release>[^/]+/[^/]+/[^/]+)/releases/download/(?P<release_ref>[^/]+)/
    | ^https?://(?P<newest>[^/]+/[^/]+/[^/]+)/releases/(?P<newest_ref>latest)/download/
    """,
    re.VERBOSE,
)
"""Files that web servers of Git hosts give, with the revision in their path."""
_FILE = re.compile(r"^https?://[^?]+\.(?:ya?ml|json)$")
_VERSIONED = re.compile(r"(?:^|[/_v-])\d+\.\d+|/v\d+(?:/|$)|/(?=[a-f]*\d)[0-9a-f]{7,64}/|\d{4}-\d\d-\d\d")
_QUERY = re.compile(r"[?&](?:ref|version)=")


@dataclass(frozen=True, slots=True)
class RemoteRevision:
    """What a remote reference follows: the repository (or the file's URL), the revision as written ('' for none)."""

    source: str
    revision: str
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class _Moving:
    reference: Reference
    remote: RemoteRevision
    folder: str


def mutable_remote_base(context: CheckContext) -> Iterator[Violation]:
    """Report remote resources without a revision or on a branch; those of a file on one branch are one finding."""
    groups: dict[tuple[str, str], list[_Moving]] = defaultdict(list)
    for moving in _moving(context):
        source = normalise_url(moving.remote.source) or moving.remote.source
        groups[(source, moving.remote.revision)].append(moving)
    for items in groups.values():
        by_file: dict[str, list[_Moving]] = defaultdict(list)
        for item in items:
            by_file["" if len(items) >= _MANY else item.reference.path].append(item)
        yield from (_reported(context, group) for group in by_file.values())


def _moving(context: CheckContext) -> Iterator[_Moving]:
    allowed = context.options["allow_sources"]
    for folder, kustomization in context.graph.kustomizations.items():
        for reference in kustomization.references:
            if not reference.remote or reference.role == "helmCharts" or is_unresolved(reference.written):
                continue
            remote = remote_revision(reference.written)
            if _is_mutable(remote) and not any(fnmatchcase(reference.written, glob) for glob in allowed):
                yield _Moving(reference, remote, folder)


def remote_revision(written: str) -> RemoteRevision:
    """Give what a remote resource follows, after Kustomize's own parser (api/internal/git/repospec.go).

    ``https://github.com/org/repo//deploy?ref=v1`` names its revision in the query, a file of a Git host in its path.
    """
    url, _, query = written.partition("?")
    found = _REVISION_IN_PATH.match(url)
    if found:
        revision = next(found[key] for key in ("raw_ref", "blob_ref", "release_ref", "newest_ref") if found[key])
        source = f"github.com/{found['raw']}" if found["raw"] else found["blob"] or found["release"] or found["newest"]
        return RemoteRevision(f"https://{source}", revision)
    if _FILE.match(written):
        version = _VERSIONED.search(url.partition("://")[2])
        return RemoteRevision(url, version[0].strip("/_-v") if version else "", is_file=True)
    values = parse_qs(query)
    revision = next((values[key][-1] for key in ("ref", "version") if values.get(key)), "")
    return RemoteRevision(_repository(url), revision)


def _repository(url: str) -> str:
    """Give the repository of a Git URL without the folder in it."""
    scheme, separator, rest = url.removeprefix("git::").rpartition("://")
    head = rest.partition("//")[0].partition(".git/")[0].removesuffix(".git")
    if re.match(r"(?:[^/@]+@)?(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)[/:]", head):
        start, colon, path = head.partition(":") if ":" in head and not separator else ("", "", head)
        kept = 2 if colon else 3
        head = start + colon + "/".join(path.split("/")[:kept])
    return f"{scheme}{separator}{head}"


def _is_mutable(remote: RemoteRevision) -> bool:
    return not remote.revision or follows_branch(remote.revision)


def _reported(context: CheckContext, items: Sequence[_Moving]) -> Violation:
    ordered = sorted(items, key=lambda item: (item.reference.path, item.reference.field_path[-1:] != (0,)))
    first, *rest = ordered
    placed = [_place(context, item) for item in ordered]
    more = f"; {len(rest)} more references here follow it too" if rest else ""
    deliveries = tuple(d for item in ordered for d in deliveries_of_folder(context, item.folder))
    related = tuple(Related(v.span, "follows it too") for v in placed[1 : _MAX_RELATED + 1] if v.span)
    return replace(placed[0], message=_message(first) + more, deliveries=deliveries, related=related)


def _place(context: CheckContext, item: _Moving) -> Violation:
    reference = item.reference
    span, exact = context.tree.nearest(reference.path, reference.document, reference.field_path)
    return Violation("", span=span, exact=exact)


def _message(item: _Moving) -> str:
    remote = item.remote
    source = without_user(remote.source)
    if remote.is_file:
        return (
            f"{source} names no version, so whatever is put there is deployed without a change in this repository; "
            f"take the URL of one release, or commit the file here"
        )
    what = f"follows {_shown(remote.revision)} of {source}"
    remedy = "name a tag or a commit"
    if not _QUERY.search(item.reference.written) and not remote.revision:
        remedy = f"{remedy}: {without_user(item.reference.written)}?ref=v1.2.3"
    return f"this remote {_noun(item)} {what}: a push there changes what is deployed without a change here; {remedy}"


def _noun(item: _Moving) -> str:
    nouns = {"components": "component", "bases": "base", "resources": "resource"}
    return nouns.get(item.reference.role, "file")


def _shown(revision: str) -> str:
    if not revision or revision.lower() == "head":
        return "HEAD, the default branch,"
    return "the latest release" if revision == "latest" else f"the branch {revision.removeprefix('refs/heads/')}"
