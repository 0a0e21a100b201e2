"""The tree of ApplicationSet generators: which kind an entry is, matrix and merge, nesting, post-selectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gitlint_ops.repo.generators import LIVE_GENERATORS, Evaluation, evaluate_clusters, evaluate_git, evaluate_list
from gitlint_ops.repo.locations import UnrenderableError
from gitlint_ops.repo.parameters import (
    ParameterSet,
    combine_flat,
    flat_items,
    merge_by_keys,
    merge_deep,
    selected,
)
from gitlint_ops.repo.templating import render_one
from gitlint_ops.repo.views import View

_SIMPLE: dict[str, Callable[[Evaluation, View], list[ParameterSet]]] = {
    "list": evaluate_list,
    "git": evaluate_git,
    "clusters": evaluate_clusters,
}
_COMBINING = ("matrix", "merge")
KINDS = (*_SIMPLE, *_COMBINING, *LIVE_GENERATORS)
MAX_SETS = 10_000
"""More parameter sets than this from one ApplicationSet are a mistake, or an attack on the run's memory."""


def evaluate_entry(run: Evaluation, entry: View) -> list[ParameterSet]:
    """Give the parameter sets of one entry of ``spec.generators``; raises ShapeError, UnrenderableError, TemplateError.

    Several kinds in a top-level entry all run, each with its own ``template``.
    """
    sets: list[ParameterSet] = []
    for kind in _kinds(entry):
        template = entry[kind]["template"]
        sets += [replace(item, template=template) for item in _evaluate(run, kind, entry, depth=0)]
    return sets


def _kinds(entry: View) -> list[str]:
    kinds = [kind for kind in KINDS if entry[kind]]
    if not kinds:
        known = ", ".join(KINDS)
        raise UnrenderableError("invalid-object", f"the generator is none of: {known}", entry.path)
    return kinds


def _evaluate(run: Evaluation, kind: str, entry: View, depth: int) -> list[ParameterSet]:
    view = entry[kind]
    if kind in LIVE_GENERATORS:
        what = f"the {kind} generator {LIVE_GENERATORS[kind]}: its Applications are not known"
        raise UnrenderableError("needs-network" if "service" in what else "needs-cluster", what, view.path)
    if kind in _SIMPLE:
        sets = _SIMPLE[kind](run, view)
    elif depth > 1:
        message = f"{kind} is nested three deep: Argo CD knows two levels"
        raise UnrenderableError("invalid-object", message, view.path)
    else:
        sets = _matrix(run, view, depth) if kind == "matrix" else _merge(run, view, depth)
    if len(sets) > MAX_SETS:
        raise UnrenderableError("too-large", f"the generator gives more than {MAX_SETS} parameter sets", view.path)
    selector = entry["selector"]
    return [item for item in sets if not selector or selected(selector, _flat_labels(item), check_keys=True)]


def _flat_labels(item: ParameterSet) -> dict[str, str]:
    return {key: value if isinstance(value, str) else _text(value) for key, value in flat_items(dict(item.values))}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "<nil>" if value is None else str(value)


def _child(run: Evaluation, entry: View, depth: int) -> list[ParameterSet]:
    kinds = _kinds(entry)
    if len(kinds) > 1:
        message = f"a child generator has {' and '.join(kinds)} at once: Argo CD allows one kind"
        raise UnrenderableError("invalid-object", message, entry.path)
    return _evaluate(run, kinds[0], entry, depth + 1)


def _matrix(run: Evaluation, view: View, depth: int) -> list[ParameterSet]:
    """Run the second child once for each set of the first, with that set's parameters put into it; the first wins."""
    children = view["generators"].items()
    if len(children) != 2:
        message = f"a matrix has two generators, this one has {len(children)}"
        raise UnrenderableError("invalid-object", message, view.path)
    first, second = children
    sets: list[ParameterSet] = []
    for one in _child(run, first, depth):
        inner = replace(run, outer=one.values)
        for two in _child(inner, _interpolated(inner, second), depth):
            sets.append(_joined(run, one, two, view))
            if len(sets) > MAX_SETS:
                return sets
    return sets


def _joined(run: Evaluation, one: ParameterSet, two: ParameterSet, view: View) -> ParameterSet:
    if run.mode.go_template:
        values = merge_deep(two.values, one.values)
    else:
        values = combine_flat(one.values, two.values, view.path)
    places = (*one.places, *two.places)
    return ParameterSet(values, one.cause or two.cause, two.path or one.path, places=places)


def _interpolated(run: Evaluation, entry: View) -> View:
    """Put the first child's parameters into the second's block; its ``values`` wait for their own pass."""
    kind = _kinds(entry)[0]
    block = entry[kind].mapping()
    kept = {key: block[key] for key in ("values", "template") if key in block}
    rest = {key: value for key, value in block.items() if key not in kept}
    rendered = render_one(run.context.engine, run.mode, rest, run.outer)
    return View({**entry.mapping(), kind: {**rendered, **kept}}, entry.path)


def _merge(run: Evaluation, view: View, depth: int) -> list[ParameterSet]:
    children = view["generators"].items()
    keys = view["mergeKeys"].texts()
    if len(children) < 2 or not keys:
        message = "a merge has at least two generators and mergeKeys"
        raise UnrenderableError("invalid-object", message, view.path)
    sets = [_child(run, child, depth) for child in children]
    return merge_by_keys(sets, keys, view.path, deep=run.mode.go_template)
