"""What can be told of a user's CEL expression before anything is rendered.

In: a rule of the user's. Out: nothing, or the ConfigError that says what is wrong with its expression, at its line.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from gitlint_ops.config import ConfigError
from gitlint_ops.lint.cel import failure, means
from gitlint_ops.lint.cel_subjects import ObjectSubjects, variables_of
from gitlint_ops.lint.expressions import Binding, EvaluationError, ExpressionError, names_in
from gitlint_ops.lint.loader import nearest
from gitlint_ops.lint.model import Rule
from gitlint_ops.lint.pods import described_pods
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, DirectoryUnit
from gitlint_ops.source.narrowing import mapping
from gitlint_ops.yaml_bounds import check_bounds

_OF_ENVIRONMENT = ("name", "production")
_BUILDS = ("kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml")


def check_expression(rule: Rule) -> None:
    """Check syntax, types and names of a rule's expression, and evaluate it on the plain manifests of its examples.

    Raises ConfigError. What is left is what only a rendered object can show.
    """
    try:
        Binding().compile(rule.cel)
        _check_names(rule)
    except ExpressionError as error:
        raise ConfigError(f"cel: {error.message}", rule.path, rule.cel_lines[error.line]) from error
    # In which environment an example stands is not known before it is rendered.
    if not any(name == "environment" for name, _, _ in names_in(rule.cel)):
        for example in rule.examples:
            _try_on(rule, example)


def _check_names(rule: Rule) -> None:
    """Check that variables have a value there, and that options and fields exist. Raises ExpressionError."""
    given = variables_of(rule.match)
    fields: Mapping[str, Collection[str]] = {"options": rule.default_options, "environment": _OF_ENVIRONMENT}
    for name, field, line in names_in(rule.cel):
        if name not in given:
            raise ExpressionError(f"'{name}' has no value here: {_looked_at(rule.match)}", line)
        if field and field not in fields.get(name, (field,)):
            raise ExpressionError(f"{name} has no '{field}'{nearest(field, fields[name])}", line)


def _looked_at(match: Mapping[str, Any]) -> str:
    known = ", ".join(sorted(variables_of(match)))
    return f"match looks at each {match.get('each', 'object').replace('_', ' ')}, where an expression has {known}"


def _try_on(rule: Rule, example: Mapping[str, Any]) -> None:
    binding = Binding(1)
    expression = binding.compile(rule.cel, 0)
    options = {"options_0": {**rule.default_options, **example.get("options", {})}}
    for item in _objects(example):
        make_values = partial(binding.values, options=options)
        subjects = ObjectSubjects(item, list(described_pods(item)), {"environment": {}}, make_values)
        for subject in subjects.of(rule.match) if means(rule.match, item) else ():
            try:
                subject.fits(expression)
            except EvaluationError as error:
                raise failure(rule, item, error) from error


def _objects(example: Mapping[str, Any]) -> Iterator[RenderedObject]:
    """Give the objects of an example of plain manifests; where something is built, files may hold parts of objects."""
    files: Mapping[str, str] = example["files"]
    if any(path.rpartition("/")[2] in _BUILDS for path in files):
        return
    unit = DirectoryUnit(".")
    delivery = Delivery("none/.", "none", "Folder", "", "", (unit,))
    for path, text in files.items():
        for data in _documents(text) if path.endswith((".yaml", ".yml", ".json")) else ():
            name = str(mapping(data.get("metadata")).get("name", ""))
            place = f"{path} of the example '{example['name']}'"
            yield RenderedObject(data["apiVersion"], data["kind"], "", name, data, delivery, unit, source_path=place)


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """Give the objects in a text; what is no YAML is left to the rendering, which says so."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        check_bounds(yaml.parse(text, Loader=loader))
        # Kubernetes reads no dates.
        found = json.loads(json.dumps(list(yaml.load_all(text, Loader=loader)), default=str))
    except (yaml.YAMLError, ValueError):
        # An example may well show a file that is broken: nothing in it is an object.
        return
    for data in found:
        if isinstance(data, dict) and all(isinstance(data.get(key), str) for key in ("apiVersion", "kind")):
            yield data
