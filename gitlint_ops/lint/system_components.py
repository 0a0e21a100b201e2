"""Parts of a cluster that need the host: which objects belong to them, as ``system_components.yaml`` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from gitlint_ops.config import ExemptSetting
from gitlint_ops.lint.checks.containers import images_in
from gitlint_ops.lint.checks.image_policies import full_name
from gitlint_ops.lint.checks.image_reference import parse
from gitlint_ops.lint.globs import any_glob
from gitlint_ops.render.model import RenderedObject


class SystemComponents:
    """The known components, and those that the configuration adds."""

    def __init__(self, own: ExemptSetting) -> None:
        known = _known()
        self._namespaces = any_glob((*known["namespaces"], *own.namespaces))
        self._names = any_glob((*known["names"], *own.names))
        self._images = any_glob((*known["images"], *own.images))
        self._answers: dict[int, bool] = {}

    def has(self, item: RenderedObject) -> bool:
        """Say whether an object belongs to one of them, by its namespace, its name, or an image of its containers."""
        if id(item) not in self._answers:
            self._answers[id(item)] = self._is_known(item)
        return self._answers[id(item)]

    def _is_known(self, item: RenderedObject) -> bool:
        if self._namespaces(item.namespace) or self._names(item.name):
            return True
        return any(self._images(full_name(parse(found.image).name)) for found in images_in(item))


@cache
def _known() -> Mapping[str, Iterable[str]]:
    import yaml

    text = resources.files("gitlint_ops.lint").joinpath("system_components.yaml").read_text("utf-8")
    known: Mapping[str, Iterable[str]] = yaml.safe_load(text)
    return known
