"""Where a source's URL and path lead within this repository, and why a source cannot be rendered from it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.locality import without_credentials
from gitlint_ops.repo.model import Unrendered
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.remotes import mapped_repository
from gitlint_ops.repo.templating import TemplateError
from gitlint_ops.repo.views import ShapeError
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.vendor import Remote, is_fetched, remote

_MAIN_BRANCHES = frozenset({"", "HEAD", "main", "master", "trunk"})
_NO_BRANCH = re.compile(r"refs/tags/|[0-9a-f]{7,40}$|[vV=<>~^!* ]*\d|.*[*<>~^|,]")


class UnrenderableError(Exception):
    """A source cannot be rendered here.

    ``kind``: ``needs-network``, ``missing-file`` (then ``missing`` names it), ``invalid-object`` (the controller
    refuses the object), ``needs-cluster`` (only the live cluster knows), ``needs-plugin``, ``outside-root``, or the
    engine's own. ``wanted`` is what would have to be fetched.
    """

    def __init__(
        self, kind: str, reason: str, field_path: FieldPath = (), missing: str = "", wanted: Remote | None = None
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.field_path = field_path
        self.missing = missing
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Location:
    """A repository whose content is at hand: ``root`` is its folder here (``.`` for this repository itself)."""

    root: str
    assumed: bool = False


Refusal = ShapeError | TemplateError | UnrenderableError
REFUSALS = (ShapeError, TemplateError, UnrenderableError)
"""What reading a source may raise for what its object says."""


def as_unrenderable(error: Refusal, field_path: FieldPath = ()) -> UnrenderableError:
    """Give a refusal in one form; ``field_path`` is where a text that has no place of its own stands."""
    if isinstance(error, UnrenderableError):
        return error
    if isinstance(error, TemplateError):
        return UnrenderableError(error.kind, error.message, field_path)
    return UnrenderableError("invalid-object", error.message, error.field_path)


def unrendered(error: Refusal, unit: str, place: Place) -> Unrendered:
    """Give the coverage entry of a source that cannot be rendered; ``unit`` is its path or chart as people name it."""
    refusal = as_unrenderable(error)
    span = place.span(refusal.field_path)
    path = span.path if span is not None else place.declared.path
    failed = refusal.kind == "invalid-object"
    exact, field_path = place.is_exact(refusal.field_path), refusal.field_path
    return Unrendered(
        unit,
        path,
        refusal.reason,
        span,
        failed,
        refusal.kind,
        refusal.missing,
        exact=exact,
        field_path=field_path,
        remotes=(refusal.wanted,) if refusal.wanted else (),
    )


def locate(context: Context, url: str, path: str = "", revision: str = "") -> Location | None:
    """Find the content of a repository URL: this repository, a folder that ``remotes`` names, or what was fetched.

    ``path`` is what is taken from it, as written, at ``revision``. None: it is elsewhere.
    """
    mapped = mapped_folder(context, url)
    if mapped is not None:
        return Location(mapped)
    verdict = context.locality.judge(url, path)
    if verdict != "foreign":
        return Location(".", verdict == "assumed")
    place = context.tree.fetched.place(git_remote(url, revision))
    return Location(place) if place is not None else None


def git_remote(url: str, revision: str) -> Remote:
    """Give a revision of a Git repository."""
    return remote("git", url, version=revision)


def softened(context: Context, refusal: UnrenderableError, url: str, revision: str) -> UnrenderableError:
    """Take back that a file is missing where the source follows a branch that is not checked out: it may be there."""
    is_own = mapped_folder(context, url) is None and not is_fetched(refusal.missing)
    if not refusal.missing or not is_own or not _is_other_branch(context, revision):
        return refusal
    reason = f"{refusal.reason} here, and the source follows the branch '{revision}': check that out to have it checked"
    return UnrenderableError("needs-network", reason, refusal.field_path)


def _is_other_branch(context: Context, revision: str) -> bool:
    """Whether a revision names a branch (no version, range or commit) that is neither the checkout's nor a main one."""
    name = revision.strip().removeprefix("refs/heads/")
    return name not in {*_MAIN_BRANCHES, context.tree.branch} and not _NO_BRANCH.match(name)


def mapped_folder(context: Context, url: str) -> str | None:
    """Give the folder that the configuration's ``remotes`` names for a URL, None where it names none."""
    return mapped_repository(context.config.remotes, url)


def shown_url(url: str) -> str:
    """Give a URL as messages may show it: without a password or token, cut at 200 characters."""
    return without_credentials(url)[:200]


def resolve(root: str, base: str, path: str, field_path: FieldPath, what: str = "path") -> str:
    """Join a path to ``base`` (a leading slash: to ``root``) and give it repository-relative.

    Raises UnrenderableError where it leaves ``root``.
    """
    start = root if path.startswith("/") else base
    joined = posixpath.normpath(posixpath.join(start, path.lstrip("/")))
    inside = root in {joined, "."} or joined.startswith(f"{root}/")
    if not inside or joined == ".." or joined.startswith("../"):
        raise UnrenderableError("outside-root", f"its {what} '{path}' leads out of the repository", field_path)
    return joined


def check_filled(what: str, text: str, field_path: FieldPath) -> None:
    """Raise UnrenderableError where a template's tag or a variable is left in a text: its true value is not known."""
    if "{{" in text or "${" in text:
        message = f"{what} '{text[:200]}' holds a template tag or variable that nothing here fills"
        raise UnrenderableError("needs-cluster", message, field_path)


def needs_network(what: str, wanted: Remote, field_path: FieldPath) -> UnrenderableError:
    """Give the refusal for content that is not in this repository, with what would make it renderable."""
    reason = f"{what} from {shown_url(wanted.url)} needs the network: run 'gitlint-ops vendor' to fetch it"
    return UnrenderableError("needs-network", reason, field_path, wanted=wanted)


def elsewhere(what: str, url: str, revision: str, field_path: FieldPath) -> UnrenderableError:
    """Give the refusal for a source in another Git repository, with what would make it renderable."""
    return UnrenderableError(
        "needs-network",
        f"{what} {shown_url(url)} is another repository: run 'gitlint-ops vendor' to fetch it; if it is this one, add "
        "the URL to 'repository.urls' in .gitlint-ops.yaml",
        field_path,
        wanted=git_remote(url, revision),
    )
