"""Checks of ApplicationSets: what they may delete, and what they do with a parameter that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.checks.blast_radius import counted
from gitlint_ops.lint.checks.declarations import at_generator
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Edit, Effect, Fix, Violation
from gitlint_ops.render.reach import Reach
from gitlint_ops.repo.model import Generator
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_LISTED = {
    "git": "a folder or file of the repository that is moved or renamed",
    "clusters": "a label of a cluster's Secret that is changed",
    "scmProvider": "a repository that is archived or loses a topic",
    "clusterDecisionResource": "a placement decision that changes",
    "plugin": "an answer of the plugin that lacks an entry",
}
"""Generators whose list is found rather than written, and what makes an entry vanish; pull requests are to vanish."""
_MANY_CLUSTERS = 3


def appset_unbounded(context: CheckContext) -> Iterator[Violation]:
    """Report ApplicationSets with generators that find their list and with nothing that bounds what they delete."""
    for _, generator in sorted(context.graph.generators.items()):
        spec = mapping(generator.object, "spec")
        policy = mapping(spec, "syncPolicy")
        bounded = policy.get("preserveResourcesOnDeletion") is True
        bounded |= policy.get("applicationsSync") in ("create-only", "create-update")
        kinds = [] if bounded else list(dict.fromkeys(_kinds(spec.get("generators"))))
        if kinds:
            reach = context.reaches.of(generator)
            violation = Violation(
                _unbounded_message(context, generator, kinds, reach),
                deliveries=reach.children,
                environments=reach.environments,
                decision="nothing bounds what the ApplicationSets here delete",
            )
            yield at_generator(context, generator, _deciding_field(policy), violation)


def _deciding_field(policy: Mapping[str, Any]) -> FieldPath:
    """Give the setting that allows the deletion where the policy has one, else the set's name."""
    written = (key for key in ("preserveResourcesOnDeletion", "applicationsSync") if key in policy)
    key = next(written, "")
    return ("spec", "syncPolicy", key) if key else ("metadata", "name")


def _kinds(generators: Any) -> Iterator[str]:
    """Give the kinds of the generators that find their list, those inside matrix and merge too."""
    for entry in generators if isinstance(generators, list) else ():
        for kind, body in entry.items() if isinstance(entry, Mapping) else ():
            if kind in _LISTED:
                yield kind
            elif kind in ("matrix", "merge") and isinstance(body, Mapping):
                yield from _kinds(body.get("generators"))


def _unbounded_message(context: CheckContext, generator: Generator, kinds: list[str], reach: Reach) -> str:
    workloads = context.reaches.workloads_of(reach.children)
    count = counted(len(reach.children), "Applications") if reach.children else "the Applications"
    what = f"{count} ({counted(workloads, 'workloads')} known here)" if workloads else count
    rolling = mapping(generator.object, "spec", "strategy").get("type") == "RollingSync"
    clusters = len(reach.clusters)
    at_once = (
        f"; nor does a RollingSync strategy spare any of the {clusters} clusters from a bad change of its template"
    )
    return (
        f"nothing bounds what ApplicationSet {generator.name} deletes: {_or(_LISTED[kind] for kind in kinds)} takes "
        f"{what} away, with what they run{at_once if clusters > _MANY_CLUSTERS and not rolling else ''}. Set "
        "syncPolicy.preserveResourcesOnDeletion: true, or applicationsSync: create-update"
    )


def _or(texts: Iterator[str]) -> str:
    return ", or ".join(texts)


def appset_no_missingkey_error(context: CheckContext) -> Iterator[Violation]:
    """Report Go-templated ApplicationSets that render a missing parameter as ``<no value>``."""
    for _, generator in sorted(context.graph.generators.items()):
        spec = mapping(generator.object, "spec")
        options = spec.get("goTemplateOptions")
        listed = [str(option) for option in options] if isinstance(options, list) else []
        if spec.get("goTemplate") is True and "missingkey=error" not in listed:
            violation = Violation(
                f"ApplicationSet {generator.name} renders a parameter that is not there as the text '<no value>': a "
                "mistyped or renamed key gives Applications with wrong names, paths or clusters, and the right ones "
                'are deleted. Set goTemplateOptions: ["missingkey=error"], which stops the set instead',
                deliveries=context.reaches.children_of(generator),
                fix=None if listed else _added_option(context, generator),
            )
            yield at_generator(context, generator, _missing_key_field(listed), violation)


def _missing_key_field(options: Sequence[str]) -> FieldPath:
    """Give the option that says what a missing key does, else the list that lacks it, else what asks for one."""
    said = next((at for at, option in enumerate(options) if option.startswith("missingkey=")), None)
    if said is not None:
        return "spec", "goTemplateOptions", said
    return "spec", "goTemplateOptions" if options else "goTemplate"


def _added_option(context: CheckContext, generator: Generator) -> Fix | None:
    """Give the option as a line of its own below ``goTemplate: true``, where that stands in a file as a line."""
    if generator.document is None:
        return None
    path, index = generator.document
    key = context.tree.span(path, index, ("spec", "goTemplate"), on_key=True)
    value = context.tree.span(path, index, ("spec", "goTemplate"))
    if key is None or value is None or key.line != value.line or value.end_line != value.line:
        return None
    line = context.tree.line_text(path, key.line)
    indent = line[: key.column - 1]
    if indent.strip():
        return None
    written = line[value.column - 1 : value.end_column - 1]
    edit = Edit(value, f'{written}\n{indent}goTemplateOptions: ["missingkey=error"]')
    effect = Effect((("spec", "goTemplateOptions"),))
    # What only the cluster answers may lack a parameter that a template relies on: the set would stop.
    known = not generator.unanswered
    return Fix("Let a missing parameter stop the ApplicationSet", (edit,), safe=known, effect=effect)
