"""The check of secrets that a change added and took out again: the commits keep them. It shows no secret's value."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.checks.placeholders import is_weak
from gitlint_ops.lint.checks.secret_objects import is_secret, plain_fields
from gitlint_ops.lint.checks.secrets import DEFAULT_SKIP
from gitlint_ops.lint.checks.source_credentials import source_credentials
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import RepoGraph
from gitlint_ops.source import FieldPath, Json, SourceTree, Span
from gitlint_ops.source.history import OldVersion, versions_between
from gitlint_ops.source.listing import Listing
from gitlint_ops.source.objects import open_blobs
from gitlint_ops.source.tree import MAX_TEXT_BYTES

MAX_VERSIONS = 5000
"""More versions of files than this are not looked into; the finding then says so."""
_SHORT = 12
_UNSAFE = re.compile(r"[^\w.+-]|^\.+$")
"""What a name from a hostile tree object may not bring into a path."""


@dataclass(frozen=True, slots=True)
class _Leak:
    """A credential in an old version of a file: its kind, the name shown for it, its 1-based line; never its value."""

    version: OldVersion
    kind: str
    name: str
    line: int
    value: str = field(repr=False)


def secret_in_history(context: CheckContext) -> Iterator[Violation]:
    """Report each secret that a commit since the base added and that neither the base nor the work tree has."""
    history = versions_between(context.tree.root, context.compared.revisions)
    wanted = [version for version in history.versions if not _is_skipped(context, version.path)]
    left_out = history.left_out + max(0, len(wanted) - MAX_VERSIONS)
    seen: set[str] = set()
    for leak in _leaks(context, wanted[:MAX_VERSIONS]):
        if (
            leak.value not in seen
            and not _stands_in(leak, context.tree)
            and not _stands_in(leak, context.compared.tree)
        ):
            yield Violation(_message(leak), span=_place(context, leak), exact=False)
        seen.add(leak.value)
    if left_out:
        yield Violation(_unread(left_out), span=_anywhere(context), exact=False, severity="warning")


def _is_skipped(context: CheckContext, path: str) -> bool:
    name = posixpath.basename(path)
    globs = (*DEFAULT_SKIP, *context.options["skip_files"])
    return any(fnmatchcase(name, glob) or fnmatchcase(path, glob) for glob in globs)


def _message(leak: _Leak) -> str:
    article = "an" if leak.kind[0] in "aeioAO" or leak.kind.startswith("npm") else "a"
    where = f", in {leak.name}" if leak.name else ""
    return (
        f"commit {leak.version.commit[:_SHORT]} added {article} {leak.kind} at {leak.version.path}:{leak.line}{where}; "
        "it is gone from the files, but whoever fetches this branch has it, and so has the history once it is merged. "
        "Revoke it and make a new one; then squash the commits and push the branch anew, so that the merge does not "
        "carry it on"
    )


def _unread(number: int) -> str:
    return (
        f"{number} old versions of files in this change were not searched for secrets: it is too long. Compare with a "
        "nearer revision, or search the history with a scanner for whole repositories"
    )


def _stands_in(leak: _Leak, tree: SourceTree) -> bool:
    """Whether a secret is in the files too: then it is theirs, and another rule reports it there."""
    first = leak.value.split("\n", 1)[0]
    return any(first in tree.text(path) for path in tree.files)


def _place(context: CheckContext, leak: _Leak) -> Span:
    """Give the file's line as the work tree has it, as near as it has; of a file that is gone, where it was."""
    path = context.compared.renames.get(leak.version.path, leak.version.path)
    if not context.tree.is_file(path):
        return Span(leak.version.path, leak.line)
    return context.tree.line_span(path, min(leak.line, max(len(context.tree.lines(path)) - 1, 1)))


def _anywhere(context: CheckContext) -> Span:
    changed = sorted(path for path in context.compared.changed_files if context.tree.is_file(path))
    return Span(next(iter([*changed, *context.tree.files]), "."), 1)


# Old versions


def _leaks(context: CheckContext, versions: Sequence[OldVersion]) -> Iterator[_Leak]:
    """Search old versions of files, oldest first, as if each were a file of a repository."""
    if not versions:
        return
    with _tree_of(context, versions) as (tree, engine, of):
        empty = Rendering(RepoGraph({}, {}), {}, 0, ())
        scanned = replace(context, tree=tree, engine=engine, rendering=empty, shared={})
        found = [*_credentials(scanned, of), *_secret_objects(tree, of)]
        order = {version: at for at, version in enumerate(versions)}
        yield from sorted(found, key=lambda leak: (order[leak.version], leak.line, leak.name))


@contextmanager
def _tree_of(
    context: CheckContext, versions: Sequence[OldVersion]
) -> Iterator[tuple[SourceTree, EngineClient, Mapping[str, OldVersion]]]:
    """Write old versions into a private folder, each in one of its own, and give the tree with whose file is whose."""
    with tempfile.TemporaryDirectory(prefix="gitlint-ops-", ignore_cleanup_errors=True) as name:
        root = Path(name).resolve()
        of: dict[str, OldVersion] = {}
        with open_blobs(context.tree.root) as blobs:
            for number, version in enumerate(versions):
                content = blobs.read(version.oid)
                if len(content) <= MAX_TEXT_BYTES:
                    path = f"{number}/{_written_name(context, version.path)}"
                    (root / str(number)).mkdir(mode=0o700)
                    (root / path).write_bytes(content)
                    of[path] = version
        with EngineClient(root) as engine:
            yield SourceTree(root, engine, Listing(tuple(sorted(of)), (), is_git=False, remotes=())), engine, of


def _written_name(context: CheckContext, path: str) -> str:
    """Give the name under which a version is read as what it is: a chart's template is no YAML but a text."""
    name = _UNSAFE.sub("_", posixpath.basename(path))
    is_template = context.tree.is_chart_template(path) or context.compared.tree.is_chart_template(path)
    return f"{name}.tpl" if is_template else name


def _credentials(scanned: CheckContext, of: Mapping[str, OldVersion]) -> Iterator[_Leak]:
    for item in source_credentials(scanned, DEFAULT_SKIP):
        if not is_weak(item.value):
            yield _Leak(of[item.span.path], item.kind, item.name, item.span.line, item.value)


def _secret_objects(tree: SourceTree, of: Mapping[str, OldVersion]) -> Iterator[_Leak]:
    for document in tree.documents():
        for path, key, value in _plain_values(document.value):
            span, _ = tree.nearest(document.path, document.index, path)
            yield _Leak(of[document.path], "plain value of a Secret", key, span.line, value)


def _plain_values(data: Json) -> Iterator[tuple[FieldPath, str, str]]:
    """Give the plain values of a Secret, or of a kustomization's secretGenerator: field path, key and value."""
    if not isinstance(data, Mapping):
        return
    if is_secret(data):
        for section, key in plain_fields(data, deployed=False):
            yield (section, key), str(key), str(data[str(section)][key])
    generators = data.get("secretGenerator")
    for at, generator in enumerate(generators if isinstance(generators, list) else ()):
        literals = generator.get("literals") if isinstance(generator, Mapping) else None
        for index, literal in enumerate(literals if isinstance(literals, list) else ()):
            key, _, value = str(literal).partition("=")
            if plain_fields({"stringData": {key: value.strip("'\"")}}, deployed=False):
                yield ("secretGenerator", at, "literals", index), key, value
