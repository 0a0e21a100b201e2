"""Argo CD's Helm sources: the value layers of a chart in the order of ``helm template`` (util/helm/cmd.go)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gitlint_ops.repo.argocd_settings import Application
from gitlint_ops.repo.locations import UnrenderableError, elsewhere, locate, needs_network, resolve
from gitlint_ops.repo.model import HelmUnit, ValueLayer
from gitlint_ops.repo.templating import TemplateError, expand, matching, parse_yaml
from gitlint_ops.repo.views import View
from gitlint_ops.source import SourceTree
from gitlint_ops.source.vendor import remote

_GLOB = re.compile(r"[*?\[]")
_VERSION = re.compile(r"^v?(\d+\.\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class HelmSource:
    """The ``helm`` block of a source, the chart's folder ('' for a chart that is not here), its repository's root."""

    block: View
    folder: str
    root: str


def has_chart(tree: SourceTree, folder: str) -> bool:
    """Whether Argo CD takes a folder for a chart: a file name directly in it ends with Chart.yaml."""
    return any(name.endswith("Chart.yaml") for name in tree.children(folder))


def helm_is_set(block: View) -> bool:
    """Whether a ``helm`` block says anything (ApplicationSourceHelm.IsZero is false)."""
    return any(bool(view.value) or key == "valuesObject" for key, view in block.entries())


def helm_unit(app: Application, source: HelmSource) -> HelmUnit:
    """Give the unit of a chart in this repository; raises ShapeError, TemplateError or UnrenderableError."""
    block = source.block
    return HelmUnit(
        path=source.folder,
        release=block["releaseName"].text() or app.name,
        namespace=block["namespace"].text() or app.namespace,
        layers=(
            *read_value_files(app, source),
            *_inline_layer(app, block),
            *_parameters(app, block),
            *_file_parameters(app, source),
        ),
        kube_version=plain_version(block["kubeVersion"].text()),
        api_versions=block["apiVersions"].texts(),
        include_crds=not block["skipCrds"].flag(),
        skip_tests=block["skipTests"].flag(),
        skip_schema_validation=block["skipSchemaValidation"].flag(),
    )


def plain_version(text: str) -> str:
    """Give a Kubernetes version without its prefix and suffix: ``v1.29.3-gke.1`` is ``1.29.3``."""
    found = _VERSION.match(text)
    return found[1] if found else text


def read_value_files(app: Application, source: HelmSource) -> tuple[ValueLayer, ...]:
    """Give the layers of ``valueFiles`` in order; raises UnrenderableError where one is missing or not here.

    A glob's matches stand at its place in byte order; each file counts once, and a file that is listed by name keeps
    that place (reposerver/repository/repository.go, getResolvedValueFiles).
    """
    ignore_missing = source.block["ignoreMissingValueFiles"].flag()
    found: list[tuple[str, View, bool]] = []
    for view in source.block["valueFiles"].items():
        path = _file_path(app, source, view)
        if path is None:
            continue
        if _GLOB.search(path):
            found += [(match, view, True) for match in _glob(app, path, view, ignore_missing=ignore_missing)]
        elif app.context.tree.is_file(path):
            found.append((path, view, False))
        elif not ignore_missing:
            raise _missing(view, path)
    return tuple(_file_layer(app, path, view) for path, view in _once(found))


def _once(found: list[tuple[str, View, bool]]) -> Iterator[tuple[str, View]]:
    explicit = {path for path, _, from_glob in found if not from_glob}
    seen: set[str] = set()
    for path, view, from_glob in found:
        if path not in seen and not (from_glob and path in explicit):
            seen.add(path)
            yield path, view


def _glob(app: Application, path: str, view: View, *, ignore_missing: bool) -> tuple[str, ...]:
    matches = matching(app.context.engine, "doublestar", path, app.context.tree.files)
    if not matches and not ignore_missing:
        message = f"its values file pattern '{view.text()}' matches no file"
        raise UnrenderableError("missing-file", message, view.path, path)
    return matches


def _missing(view: View, path: str) -> UnrenderableError:
    return UnrenderableError("missing-file", f"its values file '{view.text()}' does not exist", view.path, path)


def _file_layer(app: Application, path: str, view: View) -> ValueLayer:
    document, field_path, span = app.place.locate(view.path)
    return ValueLayer("file", path, span, document, field_path)


def _file_path(app: Application, source: HelmSource, view: View) -> str | None:
    """Give the repository path that a file entry means; None where it lies in a chart that is not here."""
    written = view.text()
    text, base, root = written, source.folder, source.root
    name = re.match(r"^\$([A-Za-z0-9_-]+)(?:/|$)", written)
    if name and app.multiple:
        root = base = _ref_root(app, name[1], view)
        text = "/" + written[name.end() :]
    text = expand(app.context.engine, text, app.variables)
    if re.match(r"^[a-z][a-z0-9+.-]*://", text):
        return _fetched_file(app, text, view)
    return resolve(root, base, text, view.path, "values file") if root else None


def _ref_root(app: Application, name: str, view: View) -> str:
    target = app.refs.get(name)
    if target is None:
        message = f"'{view.text()}' refers to the source '{name}', but no source has ref: {name}"
        raise UnrenderableError("invalid-object", message, view.path)
    if target["chart"].text():
        message = f"'{view.text()}' refers to the source '{name}', which is a chart: Argo CD takes a Git source only"
        raise UnrenderableError("invalid-object", message, view.path)
    url, revision = target["repoURL"].text(), target["targetRevision"].text()
    path = view.text().partition("/")[2]
    location = locate(app.context, url, path, revision)
    if location is None:
        raise elsewhere(f"the source of '{view.text()}'", url, revision, view.path)
    return location.root


def _fetched_file(app: Application, url: str, view: View) -> str:
    """Give the path of a values file that has an address."""
    wanted = remote("file", url)
    place = app.context.tree.fetched.place(wanted)
    if place is None:
        raise needs_network("its values file", wanted, view.path)
    return f"{place}/{app.context.tree.children(place)[0]}"


def _inline_layer(app: Application, block: View) -> Iterator[ValueLayer]:
    """``valuesObject`` (even an empty one) hides ``values`` completely."""
    view = block["valuesObject"]
    values = view.mapping()
    if not view:
        view = block["values"]
        values = _parsed(app, view)
    if values:
        document, field_path, span = app.place.locate(view.path)
        yield ValueLayer("inline", values, span, document, field_path)


def _parsed(app: Application, view: View) -> dict[str, Any]:
    try:
        return parse_yaml(app.context.engine, view.text())
    except TemplateError as error:
        message = f"the values in helm.values are not readable: {error.message}"
        raise UnrenderableError(error.kind, message, view.path) from error


def _parameters(app: Application, block: View) -> Iterator[ValueLayer]:
    """Give ``--set`` for plain parameters, then ``--set-string`` for forced ones; of two with one name the last counts.

    Argo CD passes them in no certain order, so names that overlap (``a`` and ``a.b``) keep the order of the list here.
    """
    last = {view["name"].text(): view for view in block["parameters"].items()}
    plain = [(name, view) for name, view in last.items() if not view["forceString"].flag()]
    forced = [(name, view) for name, view in last.items() if view["forceString"].flag()]
    for name, view in (*plain, *forced):
        value = escape_commas(expand(app.context.engine, view["value"].text(), app.variables))
        document, field_path, span = app.place.locate(view.path)
        form: Literal["set", "set_string"] = "set_string" if view["forceString"].flag() else "set"
        yield ValueLayer(form, [f"{name}={value}"], span, document, field_path)


def escape_commas(value: str) -> str:
    """Escape the commas of a parameter as Argo CD does: not those already escaped, nor those of a ``{…}`` list."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)


def _file_parameters(app: Application, source: HelmSource) -> Iterator[ValueLayer]:
    for view in source.block["fileParameters"].items():
        name, path = view["name"].text(), _file_path(app, source, view["path"])
        if path is None:
            continue
        if not app.context.tree.is_file(path):
            raise _missing(view["path"], path)
        document, field_path, span = app.place.locate(view.path)
        yield ValueLayer("set_file", [f"{name}={path}"], span, document, field_path)
