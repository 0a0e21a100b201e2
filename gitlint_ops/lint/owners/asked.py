"""What is asked for: an object by its kind, namespace and name, as far as they were given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.owners.kinds import is_common, singular

_GROUP_KIND_NAMESPACE_NAME = 4
_THREE = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """What a live object says of the delivery that applies it."""

    kind: str
    """Application, Kustomization or HelmRelease."""
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An object that is asked for. What is '' was not given."""

    name: str
    kind: str = ""
    namespace: str = ""
    marks: tuple[Mark, ...] = ()
    made_by: tuple[tuple[str, str], ...] = ()
    """Kind and name of its controlling owner, where a live object names it."""

    @property
    def words(self) -> str:
        """Give it as kubectl would: ``deployment/web in namespace shop``."""
        what = f"{self.kind}/{self.name}" if self.kind else self.name
        return f"{what} in namespace {self.namespace}" if self.namespace else what


def asked_in_words(words: Sequence[str], namespace: str, kinds: Collection[str]) -> Asked | None:
    """Read ``kind/name``, ``namespace/kind/name``, ``group/kind/namespace/name``, ``kind name`` or ``name``.

    ``kinds`` are those of the repository, in lower case and the singular: ``shop/web`` is a namespace and a name where
    shop is no kind. None for anything else.
    """
    parts = [part for word in words for part in word.split("/")]
    if not all(parts) or not 1 <= len(parts) <= _GROUP_KIND_NAMESPACE_NAME:
        return None
    if len(parts) == _GROUP_KIND_NAMESPACE_NAME:
        parts = parts[1:]
    if len(parts) == _THREE:
        return _of_three(parts, namespace, kinds)
    if len(parts) == 1:
        return Asked(parts[0], namespace=namespace)
    first, name = parts
    if _is_kind(first, kinds) or namespace or len(words) > 1:
        return Asked(name, first, namespace)
    return Asked(name, namespace=first)


def _of_three(parts: Sequence[str], namespace: str, kinds: Collection[str]) -> Asked:
    """Tell ``namespace/kind/name`` from ``kind/namespace/name``, as Argo CD writes it."""
    first, second, name = parts
    kind_first = _is_kind(first, kinds) and not _is_kind(second, kinds)
    kind, space = (first, second) if kind_first else (second, first)
    return Asked(name, kind, namespace or space)


def _is_kind(word: str, kinds: Collection[str]) -> bool:
    return is_common(word) or singular(word) in kinds
