"""Checks of Flux's postBuild substitution: what kustomize-controller refuses in a rendered object."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Severity, Violation
from gitlint_ops.render.model import SubstitutionError
from gitlint_ops.repo.model import KustomizeUnit
from gitlint_ops.source.model import FieldPath, Json

_STRICT_SINCE = (2, 9)
"""The Flux release whose kustomize-controller (1.9) has strict substitution on by default."""
_RELEASE = re.compile(r"v?(\d+)\.(\d+)\.\d")
_ALIKE = 0.8


def substitution_undefined(context: CheckContext) -> Iterator[Violation]:
    """Report variables that nothing defines, and expressions that Flux's envsubst refuses, at the field that has them.

    Nothing is said where a ConfigMap or Secret of ``substituteFrom`` is not in Git: it may define the variable.
    """
    severity = _severity(context)
    for error in context.rendering.substitution_errors:
        unit = error.object.unit
        build = unit.flux if isinstance(unit, KustomizeUnit) else None
        if build is None or (error.variable and build.absent_sources):
            continue
        message = _undefined(error.variable, sorted(build.variables)) if error.variable else _refused(error)
        uses = list(_uses(error.object.data, _use_of(error.variable)))
        for place, on_key in uses or [((), False)]:
            exact = bool(uses) and (bool(error.variable) or len(uses) == 1)
            yield Violation(
                message, object=error.object, field_path=place, on_key=on_key, severity=severity, exact=exact
            )


def _undefined(variable: str, known: Sequence[str]) -> str:
    """Say what lacks. What is defined differs from Kustomization to Kustomization: only a name alike is shown."""
    near = difflib.get_close_matches(variable, known, 1, _ALIKE)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return (
        f"nothing defines the variable '{variable}', so Flux applies nothing of this Kustomization; define it in "
        f"spec.postBuild, give it a default (${{{variable}:=value}}), or write $${{{variable}}} for the text itself"
        f"{hint}"
    )


def _refused(error: SubstitutionError) -> str:
    reason = error.message.removeprefix("variable substitution failed: ")
    return (
        f"Flux cannot substitute the variables of {error.object.label} ({reason}), so it applies nothing of this "
        "Kustomization; write $${...} for a text that is none of its variables, or annotate the object "
        "kustomize.toolkit.fluxcd.io/substitute: disabled"
    )


def _use_of(variable: str) -> re.Pattern[str]:
    """Give what a use of the variable without a default looks like; of no variable: whatever is no plain use of one."""
    name = re.escape(variable)
    plain = rf"{name}\b(?!\s*:?[-=?+])|\#{name}\}}" if variable else r"(?!\#?[A-Za-z_]\w*\})"
    return re.compile(rf"(?<!\$)\$\{{(?:{plain})")


def _uses(value: Json, use: re.Pattern[str], path: FieldPath = ()) -> Iterator[tuple[FieldPath, bool]]:
    """Give the fields whose text has such a use, or (True) whose key has it."""
    if isinstance(value, str) and use.search(value):
        yield path, False
    below = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for step, item in below:
        if isinstance(step, str) and use.search(step):
            yield (*path, step), True
        yield from _uses(item, use, (*path, step))


def _severity(context: CheckContext) -> Severity | None:
    """Give a milder severity where the repository installs a Flux that puts the empty text for such a variable."""
    releases = [found for found in (_RELEASE.match(version) for version in _versions(context)) if found]
    older = releases and all((int(found[1]), int(found[2])) < _STRICT_SINCE for found in releases)
    return "warning" if older else None


def _versions(context: CheckContext) -> Iterator[str]:
    """Give the versions with which ``flux bootstrap`` labels what it installs."""
    for item in context.of_kinds(("Namespace", "Deployment", "CustomResourceDefinition")):
        metadata = item.data.get("metadata")
        labels = metadata.get("labels") if isinstance(metadata, dict) else None
        if isinstance(labels, dict) and labels.get("app.kubernetes.io/part-of") == "flux":
            yield str(labels.get("app.kubernetes.io/version") or "")
