"""The check that routes into the cluster find the Services that they send to, and the ports of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import Absence, absence_of, is_told, violations
from gitlint_ops.lint.references.likeness import nearest_name
from gitlint_ops.lint.references.routes import Backend, backends_of
from gitlint_ops.lint.references.wants import is_name
from gitlint_ops.lint.references.world import Thing, world_of
from gitlint_ops.source.narrowing import items, mapping

Port = tuple[object, object]
"""Number and name."""


def dangling_ingress_backend(context: CheckContext) -> Iterator[Violation]:
    """Report Ingresses and routes to a Service that is not there, or to a port that it has not."""
    absences: list[Absence] = []
    for backend in (backend for item in context.objects for backend in backends_of(item)):
        found = world_of(context).find(backend.service)
        if found:
            yield from _port(backend, found)
        elif (absence := absence_of(context, backend.service)) and is_told(context, absence):
            absences.append(absence)
    yield from violations(absences, "sends to", "its requests are answered with an error")


def _port(backend: Backend, found: Sequence[Thing]) -> Iterator[Violation]:
    port, wanted = backend.port, backend.service
    if port is None or (isinstance(port, str) and not is_name(port)):
        return
    known = [_ports(thing) for thing in found]
    if any(not ports or any(_is(port, *one) for one in ports) for ports in known):
        return
    message = (
        f"{wanted.item.label} sends to the port {port}, which the {wanted.label} lacks: its requests are "
        f"answered with an error; {_hint(port, known[0])}"
    )
    related = (found[0].item, ("spec", "ports"), f"the ports of the {wanted.label}")
    yield Violation(
        message,
        object=wanted.item,
        field_path=backend.port_path,
        related_fields=(related,),
        value=port,
        cause=f"no port {port}",
    )


def _ports(thing: Thing) -> list[Port]:
    """Give a Service's ports; none where an operator makes it, or where it is a name of something outside."""
    spec = mapping(thing.item.data, "spec")
    if thing.made or spec.get("type") == "ExternalName":
        return []
    return [(port.get("port"), port.get("name")) for _, port in items(spec.get("ports"))]


def _is(wanted: int | str, number: object, name: object) -> bool:
    return wanted == name or str(wanted) == str(number)


def _hint(wanted: int | str, ports: Sequence[Port]) -> str:
    near = nearest_name(wanted, [str(name) for _, name in ports if name]) if isinstance(wanted, str) else ""
    if near:
        return f"did you mean '{near}'?"
    shown = [f"{number} ({name})" if name else str(number) for number, name in ports]
    return f"it has {', '.join(shown)}"
