"""Checks of Flux's postBuild substitution: what kustomize-controller refuses in a rendered object."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.substitution_variables import may_be_defined_elsewhere, undefined_variables
from gitlint_ops.lint.checks.unsubstituted import unsubstituted
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Severity, Violation
from gitlint_ops.lint.within import line_within
from gitlint_ops.render.controllers import installed_versions
from gitlint_ops.render.model import SubstitutionError
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.repo.model import Delivery, FluxBuild, KustomizeUnit
from gitlint_ops.source.model import FieldPath, Json, Span
from gitlint_ops.source.narrowing import mapping

_STRICT_SINCE = (2, 9)
"""The Flux release whose kustomize-controller (1.9) has strict substitution on by default."""
_ALIKE = 0.8
_MOST_NAMED = 4
_BAD_NAME = "var name is invalid"
_DEFINITION = "CustomResourceDefinition"
"""Its text is what describes fields: nobody misses a word there that an older Flux leaves out."""


@dataclass(slots=True)
class _Use:
    """One field that uses a variable, in the first of the objects that share its place, with all their deliveries."""

    violation: Violation
    variable: str
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)


def substitution_undefined(context: CheckContext) -> Iterator[Violation]:
    """Report variables that nothing defines, and expressions that Flux's envsubst refuses, at the field that has them.

    One finding a variable and the Kustomizations that lack it, at its first use: one definition mends them all.
    Nothing is said where a ConfigMap or Secret of ``substituteFrom`` is not in Git: it may define the variable. Nor of
    a variable whose own name is refused: invalid-application has that.
    """
    yield from unsubstituted(context)
    severity = _severity(context)
    uses: dict[tuple[str, Span], _Use] = {}
    for error in context.rendering.substitution_errors:
        unit = error.object.unit
        build = unit.flux if isinstance(unit, KustomizeUnit) else None
        if build is None or _BAD_NAME in error.message:
            continue
        if not error.variable:
            yield from _refusals(error, severity)
        elif not (severity and error.object.kind == _DEFINITION) and not may_be_defined_elsewhere(
            context, error.object.delivery, build
        ):
            _collect(context, error, build, uses)
    groups: dict[tuple[str, frozenset[str]], list[Span]] = {}
    for variable, span in sorted(uses):
        groups.setdefault((variable, frozenset(uses[variable, span].deliveries)), []).append(span)
    for (variable, _), (first, *others) in groups.items():
        use = uses[variable, first]
        deliveries = tuple(use.deliveries.values())
        violation = replace(
            use.violation,
            message=_undefined(use, len(others), strict=severity is None),
            deliveries=deliveries,
            severity=severity,
        )
        misspelt = _misspelt_key(context, use)
        if misspelt:
            used = tuple(Related(span, "used here") for span in (first, *others))
            violation = replace(violation, object=None, on_key=True, related=used)
            yield at_field(context, deliveries[0], ("spec", "postBuild", "substitute", misspelt), violation)
            continue
        declared = (Related(delivery.span, "declared here") for delivery in deliveries if delivery.span)
        yield replace(violation, related=(*declared, *(Related(other, "used here too") for other in others)))


def _misspelt_key(context: CheckContext, use: _Use) -> str:
    """Give the key by which the one Kustomization that lacks a variable must have meant it, '' where there is none.

    The other Kustomizations that apply the same file define the variable, and none of them has that key.
    """
    item = use.violation.object
    if len(use.deliveries) != 1 or item is None or not item.source_path:
        return ""
    builds = context.once("substitution.users", lambda: _builds_by_file(context)).get(item.source_path, {})
    defined = {name for other, build in builds.items() if other not in use.deliveries for name in build.variables}
    (delivery,) = use.deliveries.values()
    own = mapping(delivery.object, "spec", "postBuild", "substitute")
    near = _alike(use.variable, own.keys() - defined)
    return near[0] if near and use.variable in defined else ""


def _builds_by_file(context: CheckContext) -> Mapping[str, Mapping[str, FluxBuild]]:
    """Give the builds of the Kustomizations that apply a file's objects, by the file and the delivery's id."""
    found: dict[str, dict[str, FluxBuild]] = defaultdict(dict)
    for item in context.objects:
        if isinstance(item.unit, KustomizeUnit) and item.unit.flux is not None:
            found[item.source_path][item.delivery.id] = item.unit.flux
    return found


def _refusals(error: SubstitutionError, severity: Severity | None) -> Iterator[Violation]:
    places = list(_uses(error.object.data, _use_of("")))
    for place, on_key in places or [((), False)]:
        yield Violation(
            _refused(error),
            object=error.object,
            field_path=place,
            on_key=on_key,
            severity=severity,
            exact=len(places) == 1,
        )


def _collect(
    context: CheckContext, error: SubstitutionError, build: FluxBuild, uses: dict[tuple[str, Span], _Use]
) -> None:
    """Add the uses of each variable that an object lacks, those at one place in Git as one."""
    for variable in undefined_variables(context, error, build):
        pattern = _use_of(variable)
        places = list(_uses(error.object.data, pattern))
        for place, on_key in places or [((), False)]:
            span = context.provenance.origins(error.object, place, on_key=on_key)[0].span
            line = line_within(context.tree, span, value_at(error.object.data, place), pattern)
            violation = Violation("", line, bool(places), error.object, place, on_key)
            use = uses.setdefault((variable, line or span), _Use(violation, variable))
            use.deliveries[error.object.delivery.id] = error.object.delivery
            use.known.update(build.variables)


def _undefined(use: _Use, others: int, *, strict: bool) -> str:
    """Say what lacks, and where to define it; of what is defined only a name alike is shown."""
    variable = use.variable
    near = _alike(variable, use.known)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    names = sorted({delivery.name for delivery in use.deliveries.values()})
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    what = f"the Kustomization{'s' if len(names) > 1 else ''} {', '.join(names[:_MOST_NAMED])}{more}"
    effect = f"so Flux applies nothing of {what}" if strict else f"so the installed Flux leaves it empty in {what}"
    used = f" (used at {others + 1} places)" if others else ""
    return (
        f"nothing defines the variable '{variable}'{used}, {effect}; define it in spec.postBuild there, give it a "
        f"default (${{{variable}:=value}}), or write $${{{variable}}} for the text itself{hint}"
    )


def _alike(variable: str, known: Iterable[str]) -> list[str]:
    """Give the known name that is spelt most alike, in a list of none or one."""
    return difflib.get_close_matches(variable, sorted(known), 1, _ALIKE)


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
    releases = installed_versions(context.rendering, context.config.controllers, "flux")
    return "warning" if releases and releases[-1] < _STRICT_SINCE else None
