"""What somebody decided not to apply: it lies in a retired folder, or its kustomization has it in a comment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.repo.vocabulary import is_retired
from gitlint_ops.source import SourceTree

RETIRED = "its path says that it is retired, and nothing delivers it"
SWITCHED_OFF = "its kustomization has it in a comment, and nothing delivers it"


def set_aside(context: Context, path: str) -> str:
    """Give why a file that nothing delivers is not meant to be applied, '' where nothing says so."""
    if is_retired(path):
        return RETIRED
    return SWITCHED_OFF if is_switched_off(context.tree, context.kustomizations, path) else ""


def is_switched_off(tree: SourceTree, kustomizations: Mapping[str, Kustomization], path: str) -> bool:
    """Whether a kustomization above a file or folder names it in a comment: ``# - web.yaml``, ``# - ./web/``."""
    folder = posixpath.dirname(path)
    while True:
        kustomization = kustomizations.get(folder or ".")
        if kustomization is not None:
            name = posixpath.relpath(path, folder or ".")
            comment = re.compile(rf"\s*#\s*-\s*[\"']?(?:\./)?{re.escape(name)}/?[\"']?\s*(?:#.*)?")
            if any(comment.fullmatch(line) for line in tree.lines(kustomization.path)):
                return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)
