"""Checks of files that lie where they look applied, and are not."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.repo.references import lies_in_template
from gitlint_ops.source import Document

_MANY = 5
"""So many unread files of one folder are one finding: the folder as a whole is forgotten, or kept on purpose."""
_SHOWN = 5
_ALIKE = 0.75
"""How alike a name that is not there and an unread file are where the one is meant for the other."""


def orphan_file(context: CheckContext) -> Iterator[Violation]:
    """Report manifests in a kustomization's folder that no kustomization, chart or delivery reads."""
    for _, gap in context.rendering.unrendered:
        paths = [
            p for p in gap.orphans if not (_is_kept(context, p) or _is_missed(context, p) or _is_unknown(context, p))
        ]
        kustomization = _nearest(context, paths[0]) if paths else None
        if kustomization is None:
            continue
        if len(paths) >= _MANY:
            yield _many(context, kustomization, paths)
        else:
            yield from (_single(context, kustomization, path) for path in paths)


def _is_kept(context: CheckContext, path: str) -> bool:
    """Whether a file is left out on purpose: by an option, in a template, as a Secret, or commented out."""
    name = posixpath.basename(path)
    if any(fnmatchcase(path, glob) or fnmatchcase(name, glob) for glob in context.options["ignore"]):
        return True
    only_secrets = all(document.value["kind"] == "Secret" for document in _objects(context, path))
    return only_secrets or lies_in_template(path) or _is_commented_out(context, path)


def _is_commented_out(context: CheckContext, path: str) -> bool:
    """Whether a kustomization of the file's folder or above names it in a comment."""
    mention = re.compile(rf"#.*(?<![\w.-]){re.escape(posixpath.basename(path))}")
    folder = path
    while folder != ".":
        folder = posixpath.dirname(folder) or "."
        kustomization = context.graph.kustomizations.get(folder)
        if kustomization is not None and mention.search(context.tree.text(kustomization.path)):
            return True
    return False


def _is_unknown(context: CheckContext, path: str) -> bool:
    """Whether a kustomization of the file's folder or above does not parse: it may name the file."""
    broken = {problem.span.path for problem in context.tree.problems() if problem.kind == "invalid-yaml"}
    above = (k for folder, k in context.graph.kustomizations.items() if folder == "." or path.startswith(f"{folder}/"))
    return any(kustomization.path in broken for kustomization in above)


def _is_missed(context: CheckContext, path: str) -> bool:
    """Whether a kustomization above names a file that is not there and is called nearly so: that is the mistake."""
    name = posixpath.basename(path)
    above = (k for folder, k in context.graph.kustomizations.items() if folder == "." or path.startswith(f"{folder}/"))
    broken = (r for k in above for r in k.references if not r.exists and not r.remote)
    return any(difflib.get_close_matches(posixpath.basename(r.target), [name], 1, _ALIKE) for r in broken)


def _nearest(context: CheckContext, path: str) -> Kustomization | None:
    """Give the kustomization of the file's folder, or of the nearest one above."""
    folder = path
    while folder != ".":
        folder = posixpath.dirname(folder) or "."
        if folder in context.graph.kustomizations:
            return context.graph.kustomizations[folder]
    return None


def _single(context: CheckContext, kustomization: Kustomization, path: str) -> Violation:
    first = _objects(context, path)[0]
    written = posixpath.relpath(path, kustomization.folder)
    message = (
        f"no kustomization reads {posixpath.basename(path)}, so {_label(first)} is never applied: list '{written}' in "
        f"{kustomization.path}, under resources or patches, or delete it"
    )
    return Violation(message, span=context.tree.line_span(path, first.line))


def _many(context: CheckContext, kustomization: Kustomization, paths: list[str]) -> Violation:
    names = [posixpath.basename(path) for path in paths]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    message = (
        f"no kustomization reads {', '.join(names[:_SHOWN])}{more}: none of these {len(names)} files is ever applied. "
        f"List them in {kustomization.path}, under resources or patches, or delete them"
    )
    first, *rest = ((path, _objects(context, path)[0].line) for path in paths)
    related = tuple(Related(context.tree.line_span(*place), "not read either") for place in rest)
    return Violation(message, span=context.tree.line_span(*first), related=related)


def _objects(context: CheckContext, path: str) -> list[Document]:
    return [document for document in context.tree.read(path).documents if document.is_object]


def _label(document: Document) -> str:
    metadata = document.value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{document.value['kind']} {name}" if name else f"its {document.value['kind']}"
