"""Checks of the files themselves: what does not parse, what is said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitlint_ops.lint.checks.embedded_values import embedded_problems
from gitlint_ops.lint.checks.template_files import filled_in_line
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.coverage import NOT_READ
from gitlint_ops.lint.model import Edit, Effect, Fix, Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import DirectoryUnit, HelmUnit, KustomizeUnit, Unit
from gitlint_ops.source import FieldPath, Problem, Span

_MANIFEST = re.compile(r"^[\"']?(apiVersion|kind)[\"']?\s*:", re.MULTILINE)
_OPAQUE_ROLES = frozenset({"configMapGenerator", "secretGenerator", "openapi"})
"""Roles of files that Kustomize embeds or reads without taking them for manifests."""
_PAIR = re.compile(r"^ *[\w./-]+: +(?![|>&*!{\[#])\S")
_MANIFEST_NAME = re.compile(r"\.(ya?ml|json)$")
_CHART_FILE = re.compile(r"^(Chart|values[^/]*)\.ya?ml$")

_ADVICE = {
    "did not find expected key": "check this line's indentation, and that nothing follows a closing quote",
    "did not find expected '-' indicator": "check this line's indentation",
    "found a tab character that violates indentation": "indent with spaces",
    "could not find expected ':'": "a key needs a colon, the rest of a longer text more indentation",
    "mapping values are not allowed in this context": "quote a value that holds ': ', or indent this line less",
    "found character that cannot start any token": "indent with spaces, and quote a value that begins with @, % or `",
}
"""What is usually meant by what go-yaml says, by its message."""


def invalid_yaml(context: CheckContext) -> Iterator[Violation]:
    """Give every document that is no YAML, in the files that a controller reads.

    A file that another tool fills in first is named once, for information: it is not checked.
    """
    templates: set[str] = set()
    for problem in _problems(context, "invalid-yaml"):
        path = problem.span.path
        if _is_read_by_templates(context, path):
            continue
        line = 0 if path in templates else filled_in_line(context, path)
        if line:
            templates.add(path)
            message = "a template that another tool fills in, not YAML yet: nothing in it is checked"
            yield Violation(message, span=context.tree.line_span(path, line), severity="info")
        elif path not in templates:
            yield Violation(f"not valid YAML: {problem.message}{_advice(problem.message)}", span=problem.span)


def _is_read_by_templates(context: CheckContext, path: str) -> bool:
    """Whether a file lies in a chart, beside its templates, which read such files with ``.Files`` and fill them in."""
    before, found, _ = path.rpartition("/files/")
    return bool(found) and before in context.graph.charts and "{{" in context.tree.text(path)


def _advice(message: str) -> str:
    """Say what to look for where the parser's message tells only what it did not find."""
    return next((f"; {advice}" for words, advice in _ADVICE.items() if message == words), "")


def duplicate_key(context: CheckContext) -> Iterator[Violation]:
    """Give every key that stands twice in one mapping, in files that a controller reads and in what charts render."""
    for problem in _problems(context, "duplicate-key"):
        first = context.tree.line_span(problem.span.path, problem.first_line) if problem.first_line else None
        yield Violation(
            f"the key '{problem.key}' stands twice in this mapping, first on line {problem.first_line}; "
            "readers differ on which value counts",
            span=problem.span,
            related=(Related(first, f"the first '{problem.key}'"),) if first else (),
            fix=_without_repetition(context, problem),
        )
    for item in context.objects:
        yield from (_in_template(item, path) for path in item.repeated)


def _in_template(item: RenderedObject, path: FieldPath) -> Violation:
    twice = f"the template of {item.label} writes the key '{path[-1]}' twice into one mapping"
    if item.delivery.controller == "flux":
        return Violation(f"{twice}, and Flux refuses to install that", object=item, field_path=path, on_key=True)
    message = f"{twice}: Helm takes the last value, and Flux and Kustomize refuse the text"
    return Violation(message, object=item, field_path=path, on_key=True, severity="warning")


def _without_repetition(context: CheckContext, problem: Problem) -> Fix | None:
    """Take the second key out where both lines say the same, else the first, whose value does not count.

    Only where each is a line with a value of its own: what goes on over further lines needs a person.
    """
    path, lines = problem.span.path, (problem.first_line, problem.span.line)
    texts = [_lone_pair(context, path, line) for line in lines]
    if "" in texts or lines[0] == lines[1] or _indent(texts[0]) != _indent(texts[1]):
        return None
    same = texts[0] == texts[1]
    line = lines[1] if same else lines[0]
    # The last line of a file has no next one to which its end could be moved: the first of the two goes then.
    if line == len(context.tree.lines(path)):
        line = lines[0]
    edit = Edit(Span(path, line, 1, line + 1, 1), "")
    return Fix("Remove the repetition" if same else "Keep the last value", (edit,), same, Effect(renders=True))


def _lone_pair(context: CheckContext, path: str, line: int) -> str:
    """Give the text of a line that is ``key: value`` as a whole, '' for any other; a list's dash is not taken."""
    text = context.tree.line_text(path, line).rstrip()
    if not _PAIR.match(text) or line < 1:
        return ""
    below = (context.tree.line_text(path, at) for at in range(line + 1, len(context.tree.lines(path)) + 1))
    following = next((other for other in below if other.strip()), "")
    return "" if _indent(following) > _indent(text) else text


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def unreadable_file(context: CheckContext) -> Iterator[Violation]:
    """Give every file that was not read though a controller may read it: manifests by name, and linked folders."""
    for problem in context.tree.problems():
        name = problem.span.path.rpartition("/")[2]
        if problem.kind in NOT_READ and (_MANIFEST_NAME.search(name) or "." not in name):
            yield Violation(f"{problem.message}; nothing in it is checked", span=problem.span)


def _problems(context: CheckContext, kind: str) -> Iterator[Problem]:
    wanted = context.once("schema.manifests", lambda: _manifests(context))
    for problem in context.tree.problems():
        path = problem.span.path
        if problem.kind == kind and (path in wanted or _is_manifest(context, path)):
            yield problem
    yield from (problem for problem in embedded_problems(context) if problem.kind == kind)


def _is_manifest(context: CheckContext, path: str) -> bool:
    """Whether a file holds Kubernetes objects, also where its text is too broken to tell by its values."""
    documents = context.tree.read(path).documents
    return any(d.is_object for d in documents) or bool(_MANIFEST.search(context.tree.text(path)))


def _manifests(context: CheckContext) -> frozenset[str]:
    """Give the files that units read as YAML: kustomizations and what they refer to, charts' files, plain folders."""
    graph = context.graph
    files = {kustomization.path for kustomization in graph.kustomizations.values()}
    opaque: set[str] = set()
    for kustomization in graph.kustomizations.values():
        for reference in kustomization.references:
            (opaque if reference.role in _OPAQUE_ROLES else files).add(reference.target)
    for folder in graph.charts:
        files.update(_chart_files(context, folder))
    for delivery in graph.deliveries.values():
        for unit in delivery.units:
            files.update(_unit_files(context, unit))
    return frozenset(files - opaque)


def _chart_files(context: CheckContext, folder: str) -> Iterator[str]:
    prefix = "" if folder == "." else f"{folder}/"
    for name in context.tree.children(folder):
        if _CHART_FILE.match(name):
            yield prefix + name


def _unit_files(context: CheckContext, unit: Unit) -> Iterator[str]:
    if isinstance(unit, HelmUnit):
        yield from (str(layer.value) for layer in unit.layers if layer.form == "file")
    elif isinstance(unit, DirectoryUnit):
        prefix = "" if unit.path == "." else f"{unit.path}/"
        names = (prefix + name for name in context.tree.children(unit.path))
        yield from context.tree.files_under(unit.path) if unit.recurse else names
    elif isinstance(unit, KustomizeUnit) and unit.flux and unit.path not in context.graph.kustomizations:
        yield from context.tree.files_under(unit.path)
