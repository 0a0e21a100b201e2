"""The check of the revisions that deliveries and sources follow; versions of charts are chart_versions' matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.image_reference import mutability
from gitlint_ops.lint.checks.revision_words import (
    DEFAULT_BRANCHES,
    follows_branch,
    is_git_range,
    is_unresolved,
    is_version_range,
    without_user,
)
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.locality import normalise_url
from gitlint_ops.repo.model import Delivery, SourceRef
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

FLUX_GROUP = "source.toolkit.fluxcd.io"
_NEWEST = "the newest release that matches is deployed without a change in Git; name one version, such as 1.2.3"
_RELATED = 20
_MANY = 5
"""So many sources on one branch of one repository are one finding."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that follows a moving revision: its name for messages, what it follows, if that is this repository.

    ``url`` is the normalised Git URL ('' for OCI artifacts). ``violation`` stands at the field, with the message for
    one.
    """

    name: str
    branch: str
    own: bool
    violation: Violation
    url: str = ""
    production: bool = False


def mutable_target_revision(context: CheckContext) -> Iterator[Violation]:
    """Report Applications, ApplicationSets and Flux sources that follow a branch, a range of tags or nothing.

    Sources that are this very repository are one decision: they give one warning a branch, whatever the environment.
    """
    followed = [*_of_deliveries(context), *_of_flux_sources(context)]
    mode = context.options["own_repository"]
    yield from _others([item for item in followed if not item.own or mode == "each"])
    if mode == "once":
        yield from _own([item for item in followed if item.own])


def _others(followed: Sequence[Followed]) -> Iterator[Violation]:
    """Report each, but many that follow one branch of one repository once: that is one decision, with one remedy."""
    groups: dict[tuple[str, str, bool], list[Followed]] = defaultdict(list)
    for item in followed:
        groups[(item.url, _branch_name(item), item.production)].append(item)
    for (url, _, _), items in groups.items():
        if not url or len(items) < _MANY:
            yield from (item.violation for item in items)
            continue
        first, *rest = sorted(items, key=_place)
        message = f"{first.violation.message}; {len(rest)} more sources here follow it too"
        yield _joined(first, rest, message, "follows it too")


def _branch_name(item: Followed) -> str:
    name = item.branch.removeprefix("refs/heads/")
    return "" if name.lower() in DEFAULT_BRANCHES else name


def _own(followed: Sequence[Followed]) -> Iterator[Violation]:
    by_branch: dict[str, list[Followed]] = defaultdict(list)
    for item in followed:
        by_branch[_branch_name(item)].append(item)
    for branch, items in sorted(by_branch.items()):
        ordered = sorted(items, key=_place)
        distinct = list({(item.name, _place(item)): item for item in reversed(ordered)}.values())[::-1]
        # One source that several environments render is named once, and concerns them all.
        everyone = tuple(delivery for item in ordered for delivery in _deliveries(item.violation))
        yield replace(_grouped(branch, distinct), deliveries=everyone)


def _place(item: Followed) -> tuple[bool, str, int, str]:
    """Order by where the sources are declared, those that no other delivery creates before their children."""
    delivery = next(iter(item.violation.deliveries), None)
    near = item.violation.span or (delivery.span if delivery else None)
    is_child = delivery is not None and bool(delivery.parent)
    return (is_child, near.path if near else "~", near.line if near else 0, item.name)


def _grouped(branch: str, items: Sequence[Followed]) -> Violation:
    first, *rest = items
    spelled = branch or first.branch or "HEAD"
    who, verb = (f"{first.name} and {len(rest)} more", "follow") if rest else (first.name, "follows")
    message = (
        f"{who} {verb} this repository's own branch {spelled}: every push to it is deployed at once; protect the "
        f"branch with required reviews, or pin what production follows to a tag or commit; "
        f"own_repository: allow accepts it"
    )
    return replace(_joined(first, rest, message, f"follows {spelled} too"), severity="warning")


def _joined(first: Followed, rest: Sequence[Followed], message: str, why: str) -> Violation:
    """Put a message at the first place, with the others as related ones and the deliveries of all."""
    others = [item.violation for item in rest[:_RELATED]]
    return replace(
        first.violation,
        message=message,
        deliveries=tuple(d for item in (first, *rest) for d in _deliveries(item.violation)),
        related=tuple(Related(v.span, why) for v in others if v.span is not None),
        related_fields=tuple((v.object, v.field_path, why) for v in others if v.object is not None),
    )


def _deliveries(violation: Violation) -> tuple[Delivery, ...]:
    return violation.deliveries or ((violation.object.delivery,) if violation.object else ())


# Applications


def _of_deliveries(context: CheckContext) -> Iterator[Followed]:
    for delivery in context.deliveries:
        for source in delivery.sources if delivery.kind == "Application" else ():
            yield from of_source(context, delivery, source)


def of_source(context: CheckContext, delivery: Delivery, source: SourceRef) -> Iterator[Followed]:
    """Give what an Application's source follows, where that moves and the rule's options do not allow it."""
    reason = _source_reason(source)
    if not reason or is_unresolved(source.revision) or _allowed(context, source.repo_url, source.revision):
        return
    own = source.kind == "git" and (source.local or _is_own(context, source.repo_url))
    violation = _at_revision(context, delivery, source, f"targetRevision {reason}")
    url = "" if source.kind == "oci" else normalise_url(source.repo_url) or source.repo_url
    production = context.is_production(delivery)
    yield Followed(f"Application {delivery.name}", source.revision, own, violation, url, production)


def _source_reason(source: SourceRef) -> str:
    url = without_user(source.repo_url)
    if not url or is_unresolved(url):
        # A source without a repository is refused as a whole; one to be filled in is this repository as often as not.
        return ""
    if source.kind == "oci":
        why = mutability(source.revision or "latest", "major-minor")
        return f"of the OCI artifact {url} can move: {why}; name a full version or a digest" if why else ""
    if source.chart:
        return ""
    if is_git_range(source.revision):
        return f"'{source.revision}' is a range over the tags of {url}: {_NEWEST}"
    return f"follows {_branch(source.revision)} of {url}: {_PUSH}" if follows_branch(source.revision) else ""


_PUSH = "a push there changes what is deployed without a change in this repository; pin a tag or a commit"


def _branch(revision: str) -> str:
    return f"the branch {revision}" if revision and revision.lower() != "head" else "HEAD, the default branch,"


def _at_revision(context: CheckContext, delivery: Delivery, source: SourceRef, message: str) -> Violation:
    if source.revision:
        return at_field(context, delivery, (*source.field_path, "targetRevision"), Violation(message, cause=message))
    return at_field(context, delivery, source.field_path, Violation(message, on_key=True, cause=message))


# Flux sources


def _of_flux_sources(context: CheckContext) -> Iterator[Followed]:
    files = set()
    for item in context.of_kinds(("GitRepository", "OCIRepository"), (FLUX_GROUP,)):
        files.add(item.source_path)
        for path, branch, message, own in _flux_source(context, item.data):
            violation = Violation(message, object=item, field_path=path, on_key=path == ("spec",))
            yield Followed(item.label, branch, own, violation)
    for document in context.tree.objects():
        if document.path not in files and document.value["kind"] in ("GitRepository", "OCIRepository"):
            name = str(mapping(document.value, "metadata").get("name", ""))
            for path, branch, message, own in _flux_source(context, document.value):
                span, exact = context.tree.nearest(document.path, document.index, path, on_key=path == ("spec",))
                yield Followed(
                    f"{document.value['kind']} {name}", branch, own, Violation(message, span=span, exact=exact)
                )


def _flux_source(context: CheckContext, data: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str, str, bool]]:
    """Give the field, the revision, the message, and whether the source is this repository, where a source moves."""
    spec = mapping(data, "spec")
    url = str(spec.get("url", ""))
    ref = mapping(spec, "ref")
    if not str(data.get("apiVersion", "")).startswith(FLUX_GROUP + "/") or is_unresolved(url):
        return
    found = (_git_ref if data["kind"] == "GitRepository" else _oci_ref)(ref, without_user(url))
    if found is None or is_unresolved(found[1]) or _allowed(context, url, found[1]):
        return
    field, value, reason = found
    path: FieldPath = ("spec", "ref", field) if field else ("spec",)
    own = data["kind"] == "GitRepository" and _is_own(context, url)
    yield path, value, reason, own


def _git_ref(ref: Mapping[str, Any], url: str) -> tuple[str, str, str] | None:
    """Judge a GitRepository's ref by source-controller's precedence: commit, name, tag, semver, branch, else master."""
    if ref.get("commit"):
        return None
    if ref.get("name"):
        name = str(ref["name"])
        return ("name", name, f"ref {name} of {url} is a branch: {_PUSH}") if follows_branch(name) else None
    if ref.get("tag"):
        return None
    if ref.get("semver"):
        semver = str(ref["semver"])
        moves = is_version_range(semver)
        return ("semver", semver, f"semver '{semver}' over the tags of {url} is a range: {_NEWEST}") if moves else None
    branch = str(ref.get("branch") or "")
    shown = f"the branch {branch}" if branch else "master, as no ref is set,"
    return ("branch" if branch else "", branch or "master", f"follows {shown} of {url}: {_PUSH}")


def _oci_ref(ref: Mapping[str, Any], url: str) -> tuple[str, str, str] | None:
    """Judge an OCIRepository's ref by source-controller's precedence: digest, semver, tag, else latest."""
    if ref.get("digest"):
        return None
    if ref.get("semver"):
        semver = str(ref["semver"])
        moves = is_version_range(semver)
        return ("semver", semver, f"semver '{semver}' over the tags of {url} is a range: {_NEWEST}") if moves else None
    tag = str(ref.get("tag") or "")
    why = mutability(tag, "major-minor") if tag else "no ref is set, so it is latest"
    reason = f"{url} can change without a change in Git: {why}; name a full version or a digest"
    return ("tag" if tag else "", tag or "latest", reason) if why else None


def _is_own(context: CheckContext, url: str) -> bool:
    own = context.once("own-urls", lambda: frozenset(map(normalise_url, context.graph.local_urls)))
    return bool(url) and normalise_url(url) in own


def _allowed(context: CheckContext, source: str, revision: str) -> bool:
    sources, revisions = context.options["allow_sources"], context.options["allow_revisions"]
    return any(fnmatchcase(source, glob) for glob in sources) or any(fnmatchcase(revision, glob) for glob in revisions)
