"""Words that Argo CD and Flux look up in options, annotations and finalizers: one that they do not know is idle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.checks.problems import Problem
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.schemas.wording import nearest_word
from gitlint_ops.source.narrowing import mapping

_SWITCHES = (
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "CreateNamespace",
    "DisableClientSideApplyMigration",
    "FailOnSharedResource",
    "PruneLast",
    "Replace",
    "RespectIgnoreDifferences",
    "ServerSideApply",
    "SkipDryRunOnMissingResource",
    "StrictValidation",
    "Validate",
)
_DELETIONS = tuple(f"{name}={value}" for name in ("Prune", "Delete") for value in ("true", "false", "confirm"))
_SYNC_OPTIONS = (
    *(f"{name}={value}" for name in _SWITCHES for value in ("true", "false")),
    *(f"PrunePropagationPolicy={value}" for value in ("foreground", "background", "orphan")),
    *_DELETIONS,
)
"""Argo CD's docs/user-guide/sync-options.md; the controller compares whole strings."""
_FORCE = ("Force=true", "Force=false")
_FINALIZERS = (
    "resources-finalizer.argocd.argoproj.io",
    "resources-finalizer.argocd.argoproj.io/foreground",
    "resources-finalizer.argocd.argoproj.io/background",
)
_STAGED_FINALIZER = re.compile(r"^(pre|post)-delete-finalizer\.argocd\.argoproj\.io(/|$)")


@dataclass(frozen=True, slots=True)
class _Annotation:
    """An annotation that a controller reads: its words, and what it does with another one."""

    controller: str
    words: tuple[str, ...]
    what: str
    effect: str
    pattern: str = ""
    listed: bool = True
    """Whether it is a list with commas."""


_IGNORES = "Argo CD ignores it"
_OBJECT = {
    "argocd.argoproj.io/sync-options": _Annotation("argocd", (*_SYNC_OPTIONS, *_FORCE), "sync option", _IGNORES),
    "argocd.argoproj.io/compare-options": _Annotation(
        "argocd",
        (
            "IgnoreExtraneous",
            "IncludeMutationWebhook=true",
            "IncludeMutationWebhook=false",
            "ServerSideDiff=true",
            "ServerSideDiff=false",
        ),
        "compare option",
        _IGNORES,
    ),
    "argocd.argoproj.io/hook": _Annotation(
        "argocd",
        ("PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"),
        "hook",
        "Argo CD applies the object as any other",
    ),
    "argocd.argoproj.io/hook-delete-policy": _Annotation(
        "argocd", ("HookSucceeded", "HookFailed", "BeforeHookCreation"), "delete policy of hooks", _IGNORES
    ),
    "argocd.argoproj.io/sync-wave": _Annotation(
        "argocd", (), "sync wave: it must be a whole number", "Argo CD takes it for 0", r"^[+-]?\d+$", listed=False
    ),
    "kustomize.toolkit.fluxcd.io/prune": _Annotation(
        "flux", ("disabled", "enabled"), "value of it", "Flux prunes the object all the same", listed=False
    ),
    "kustomize.toolkit.fluxcd.io/reconcile": _Annotation(
        "flux", ("disabled", "enabled"), "value of it", "Flux reconciles the object all the same", listed=False
    ),
    "kustomize.toolkit.fluxcd.io/substitute": _Annotation(
        "flux", ("disabled", "enabled"), "value of it", "Flux substitutes variables all the same", listed=False
    ),
    "kustomize.toolkit.fluxcd.io/force": _Annotation(
        "flux", ("enabled", "disabled"), "value of it", "Flux does not recreate the object", listed=False
    ),
    "kustomize.toolkit.fluxcd.io/ssa": _Annotation(
        "flux", ("Override", "Merge", "IfNotPresent", "Ignore"), "value of it", "Flux overrides as ever", listed=False
    ),
}


def application_words(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Give the sync options and finalizers of an Application that Argo CD does not know."""
    options = mapping(data, "spec", "syncPolicy").get("syncOptions")
    for at, option in enumerate(options if isinstance(options, list) else ()):
        if isinstance(option, str) and option not in _SYNC_OPTIONS and "{{" not in option:
            path = ("spec", "syncPolicy", "syncOptions", at)
            yield Problem(path, f"'{option}' is no sync option that Argo CD knows, so it ignores it{_option(option)}")
    finalizers = mapping(data, "metadata").get("finalizers")
    for at, finalizer in enumerate(finalizers if isinstance(finalizers, list) else ()):
        if isinstance(finalizer, str) and _is_foreign(finalizer):
            near = nearest_word(finalizer, _FINALIZERS)
            text = (
                f"nothing handles the finalizer '{finalizer}', so a deletion of the Application never ends; "
                f"use {near or _FINALIZERS[0]}"
            )
            yield Problem(("metadata", "finalizers", at), text)


def _is_foreign(finalizer: str) -> bool:
    """Whether a finalizer reads as one of Argo CD's and is none."""
    ours = "argocd" in finalizer or "resources-finalizer" in finalizer
    return ours and finalizer not in _FINALIZERS and not _STAGED_FINALIZER.match(finalizer) and "{{" not in finalizer


def _option(option: str) -> str:
    if option in _FORCE:
        return "; it is for the annotation argocd.argoproj.io/sync-options of single objects"
    return _near(option, _SYNC_OPTIONS)


def object_words(context: CheckContext) -> Iterator[Violation]:
    """Report annotations by which an object tells its controller something that the controller does not know."""
    for item in context.objects:
        for name, value in mapping(item.data, "metadata", "annotations").items():
            rule = _OBJECT.get(name)
            if rule is None or item.delivery.controller not in (rule.controller, "none"):
                continue
            for word in _unknown(str(value), rule):
                effect = f"is no {rule.what}, and {rule.effect}{_near(word, rule.words)}"
                text = f"{item.label}: '{word}' in its annotation {name} {effect}"
                yield Violation(text, object=item, field_path=("metadata", "annotations", name), part=word)


def _unknown(value: str, annotation: _Annotation) -> Iterator[str]:
    if "{{" in value or "${" in value:
        return
    for word in value.split(",") if annotation.listed else (value,):
        known = {item.lower() for item in annotation.words} if annotation.controller == "flux" else annotation.words
        shown = word.strip()
        written = shown.lower() if annotation.controller == "flux" else shown
        if shown and not (re.match(annotation.pattern, shown) if annotation.pattern else written in known):
            yield shown


def _near(word: str, known: tuple[str, ...]) -> str:
    written = word.replace(" ", "")
    # That both end in =true makes no two options alike.
    name = nearest_word(written.partition("=")[0], [option.partition("=")[0] for option in known])
    near = nearest_word(written, [option for option in known if option.partition("=")[0] == name])
    return f"; did you mean {near}?" if near else ""
