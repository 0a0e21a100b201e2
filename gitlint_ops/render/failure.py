"""Engine errors become reasons: one clear sentence, without the wrappings that the libraries put around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.repo import without_credentials
from gitlint_ops.repo.model import Delivery, HelmUnit, Unit, Unrendered
from gitlint_ops.source.model import Span

MAX_REASON = 600
"""Longest reason, in characters."""

_WRAPPERS = re.compile(
    r"(accumulating (resources|components)( from '[^']*')?"
    r"|recursed (accumulation|merging) (of|from) path '[^']*'"
    r"|couldn't make target for path '[^']*'"
    r"|evalsymlink failure on '[^']*' "
    r"|accumulateDirectory|must build at directory|not a valid directory): "
)
_QUOTED = re.compile(r"(?:accumulateDirectory: |loader\.New )?(?:\"([^\"]*)\"|'([^']*)')")
_TRIED_AS_FILE_TOO = re.compile(
    r"accumulation err='accumulating resources from '[^']*': '[^']*' must resolve to a file': (.*)", re.DOTALL
)
_TRIED_AS_FOLDER_TOO = re.compile(r"accumulation err='(.*?)': must build at directory: .*", re.DOTALL)
_NOT_EVALUATED = "jsonnet is not rendered"
"""The engine's reason for a file that Argo CD would evaluate, unlike one that it skips too."""
_VALUES_KINDS = frozenset({"failed", "values-schema"})
_PLUGIN = re.compile(r"external plugins disabled; unable to load external plugin '([^']+)'")
_NO_KUSTOMIZATION = "unable to find one of 'kustomization.yaml'"


def unrendered(unit: Unit, error: EngineError, delivery: Delivery, *, is_spare: bool = False) -> Unrendered:
    """Say why a unit of a delivery was not rendered: skipped where something from outside is missing, else failed.

    ``is_spare``: it is a chart with values files that none of the deliveries of this chart reads.
    """
    reason = _outside_reason(unit, error, delivery, is_spare=is_spare)
    return Unrendered(
        unit=unit.kind,
        path=unit.path,
        reason=reason or _failure_reason(error),
        span=delivery.span,
        failed=not reason,
        error_kind=error.kind,
        error_path=error.path,
        error_line=error.line,
    )


def unread_files(answer: Mapping[str, Any]) -> Iterator[Unrendered]:
    """Give the files of a folder of manifests that hold objects for its controller and that are not evaluated here."""
    for item in answer.get("skipped") or ():
        path = str(item.get("path") or "")
        if item.get("reason") == _NOT_EVALUATED:
            yield Unrendered(
                "jsonnet", path, "jsonnet is not evaluated; commit the manifests that it gives", Span(path, 1)
            )


def _outside_reason(unit: Unit, error: EngineError, delivery: Delivery, *, is_spare: bool) -> str:
    """Say what a unit lacks that this repository does not hold; '' where it fails by what is here."""
    if error.kind == "needs-network":
        url = without_credentials(error.url) or "a remote source"
        return f"needs {url} from the network: run 'gitlint-ops vendor' to fetch it"
    if error.kind == "lfs-pointer":
        return error.message
    if plugin := _PLUGIN.search(error.message):
        return f"needs the Kustomize plugin '{plugin[1]}', a program that is not run here: checked as files only"
    lacks_values = error.kind in _VALUES_KINDS and "parse error" not in error.message.lower()
    if is_spare and lacks_values:
        return f"no delivery of this chart reads these values, and they do not suffice: {root_cause(error.message)}"
    uses_defaults = isinstance(unit, HelmUnit) and not unit.layers and delivery.controller == "none"
    if uses_defaults and lacks_values:
        return f"nothing here delivers this chart, and its default values do not suffice: {root_cause(error.message)}"
    return ""


def _failure_reason(error: EngineError) -> str:
    if error.kind == "missing-file" and error.path:
        if _NO_KUSTOMIZATION in error.message:
            return f"'{error.path}' has no kustomization.yaml, kustomization.yml or Kustomization"
        return f"'{error.path}' does not exist"
    return root_cause(error.message)


def root_cause(message: str) -> str:
    """Give the deepest cause in a message of Kustomize or Helm, on one line of at most MAX_REASON characters.

    Kustomize tries each resource as a file and then as a folder, and reports both; the attempt that could never
    have worked is left out, and so are the credentials in URLs.
    """
    text = without_credentials(message.strip())
    while True:
        inner = _unwrap(text)
        if inner == text:
            break
        text = inner
    line = " ".join(text.split())
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…"


def _unwrap(text: str) -> str:
    for pattern in (_TRIED_AS_FILE_TOO, _TRIED_AS_FOLDER_TOO, _QUOTED):
        if match := pattern.fullmatch(text):
            return next(group for group in match.groups() if group is not None)
    wrapper = _WRAPPERS.match(text)
    return text[wrapper.end() :] if wrapper else text
