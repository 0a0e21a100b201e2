"""Which files of the repository a unit reads, so that what lies there belongs to the delivery of that unit."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from gitlint_ops.render.unit import unit_in
from gitlint_ops.repo import Context, closure
from gitlint_ops.repo.model import Delivery, DirectoryUnit, HelmUnit, KustomizeUnit, Unit


class Claims:
    """Answers what units read, from the graph alone: nothing is rendered."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def files_of(self, unit: Unit) -> frozenset[str]:
        """Give the repository-relative files that rendering the unit reads."""
        if isinstance(unit, KustomizeUnit):
            return self._kustomize(unit)
        if isinstance(unit, HelmUnit):
            return self._helm(unit)
        return self._directory(unit)

    def files_of_all(self, deliveries: Iterable[Delivery]) -> frozenset[str]:
        """Give the files that rendering all units of the deliveries reads."""
        return frozenset().union(*(self.files_of(unit) for delivery in deliveries for unit in self.units_of(delivery)))

    def units_of(self, delivery: Delivery) -> Iterator[Unit]:
        """Give a delivery's units, and what its local folders look like that cannot be rendered (a plugin's, say)."""
        yield from delivery.units
        rendered = {unit.path for unit in delivery.units}
        for source in delivery.sources:
            folder = posixpath.normpath(source.path.strip("/") or ".")
            is_here = (source.local or source.assumed_local) and source.path and self._context.tree.is_folder(folder)
            if is_here and folder not in rendered:
                yield unit_in(self._context.tree, folder)

    def folders_of(self, unit: KustomizeUnit) -> list[str]:
        """Give the folder that a unit builds, and those of the components that its delivery adds."""
        components = unit.flux.spec.get("components") if unit.flux else None
        names = [name for name in components if isinstance(name, str)] if isinstance(components, list) else []
        names += [edit[2] for edit in unit.edits if edit[:2] == ("add", "component")]
        return [unit.path, *(posixpath.normpath(posixpath.join(unit.path, name)) for name in names)]

    def _kustomize(self, unit: KustomizeUnit) -> frozenset[str]:
        return frozenset().union(*(closure(self._context, folder) for folder in self.folders_of(unit)))

    def _helm(self, unit: HelmUnit) -> frozenset[str]:
        layers = [str(layer.value) for layer in unit.layers if layer.form == "file"]
        return frozenset([*self._context.tree.files_under(unit.path), *layers, *unit.chart_values_files])

    def _directory(self, unit: DirectoryUnit) -> frozenset[str]:
        tree = self._context.tree
        if unit.recurse:
            return frozenset(tree.files_under(unit.path))
        prefix = "" if unit.path == "." else f"{unit.path}/"
        return frozenset(prefix + name for name in tree.children(unit.path))
