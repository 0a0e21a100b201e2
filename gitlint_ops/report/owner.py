"""Owners of objects: for people, and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.page import Page, Part, plural

Answer = Mapping[str, Any]

_LABEL = 12
_GAPS = 5


def render_owners_json(answers: Sequence[Answer]) -> str:
    """Give the answers as JSON with a schema version, in the order in which the objects were asked for."""
    return dumps({"schema_version": SCHEMA_VERSION, "answers": list(answers)})


def render_owners_text(answers: Sequence[Answer], *, color: bool, width: int, unicode: bool = True) -> str:
    """Give each object with its owners; for what nothing owns, what is near it and what was not rendered."""
    page = Page(color=color, width=width, unicode=unicode)
    for answer in answers:
        if answer["owners"]:
            _write_owners(page, answer)
        else:
            _write_nothing(page, answer)
    missing = sum(not answer["owners"] for answer in answers)
    if missing and len(answers) > 1:
        page.line(f"{missing:,} of {plural(len(answers), 'object')} {'has' if missing == 1 else 'have'} no owner here.")
    return page.text()


def _write_owners(page: Page, answer: Answer) -> None:
    owners = answer["owners"]
    count = f"  {len(owners)} owners" if len(owners) > 1 else ""
    page.line((answer["asked"]["text"], "bold"), (count, "yellow"))
    for owner in owners:
        for number, (label, parts) in enumerate(_facts(owner)):
            lead = "- " if number == 0 and len(owners) > 1 else "  "
            page.line(lead, (label.ljust(_LABEL), "dim"), *parts, indent=2, hanging=_LABEL + 2)
    page.line()


def _facts(owner: Answer) -> Iterator[tuple[str, tuple[Part, ...]]]:
    delivery = owner["delivery"]
    if delivery["controller"] == "none":
        name = f"nothing in this repository; it is in {delivery['kind']} {delivery['name']}"
        yield "applied by", ((name, "yellow"), _environment(delivery))
    else:
        yield "applied by", ((_name(delivery), "bold"), _environment(delivery), (_at(delivery["location"]), "dim"))
        yield "", (_sync(delivery["sync"]),)
    if owner["roots"]:
        yield "created by", (", which is created by ".join(_name(root) for root in owner["roots"]),)
    if owner["via"]:
        yield "found by", (owner["via"],)
    if owner["unit"] is not None:
        yield "unit", (f"{owner['unit']['kind']} {owner['unit']['path']}",)
    if owner["object"] is not None:
        yield "written in", ((_place(owner["location"]), "cyan"), (f"  {_object(owner['object'])}", "dim"))
    for field in owner["fields"]:
        near = "" if field["exact"] else "near "
        yield "set in", (near, (_place(field["location"]), "cyan"), (f"  {field['field']}", "dim"))


def _name(delivery: Answer) -> str:
    if delivery["controller"] == "none":
        return f"{delivery['kind']} {delivery['name']}, which nothing applies"
    return f"{delivery['kind']} {delivery['namespace']}/{delivery['name']}"


def _environment(delivery: Answer) -> Part:
    told = {"", "in-cluster", delivery["environment"]}
    cluster = f" on cluster {delivery['cluster']}" if delivery["cluster"] not in told else ""
    return (f"  [{delivery['environment']}]{cluster}" if delivery["environment"] else cluster, "cyan")


def _at(location: Answer | None) -> str:
    return f"  {_place(location)}" if location is not None else ""


def _place(location: Answer) -> str:
    return f"{location['path']}:{location['line']}"


def _sync(sync: Answer) -> str:
    """Say what becomes of a change by hand in the cluster."""
    if sync["suspended"]:
        return "suspended: nothing that Git says is applied until it is resumed"
    if sync["self_heal"]:
        return "corrects drift: a change by hand in the cluster is undone"
    if sync["automated"]:
        return "syncs by itself: a change by hand in the cluster stays until Git changes the object"
    return "is synced by a person: a change by hand in the cluster stays until then"


def _object(item: Answer) -> str:
    space = f"{item['namespace']}/" if item["namespace"] else ""
    return f"{item['kind']} {space}{item['name']}"


def _write_nothing(page: Page, answer: Answer) -> None:
    page.line((answer["asked"]["text"], "bold"), ("  has no owner among what was rendered", "yellow"))
    if answer["nearest"]:
        page.line("nearest: ", ", ".join(map(_object, answer["nearest"])), indent=2, hanging=9)
    gaps = answer["not_rendered"]
    likely = [gap for gap in gaps if gap["likely"]]
    for gap in likely[:_GAPS]:
        where = f" [{gap['environment']}]" if gap["environment"] else ""
        text = f"may be from {gap['kind']} {gap['namespace']}/{gap['name']}{where}, which was not rendered: "
        page.line(text, gap["reason"], indent=2, hanging=2)
    more = len(gaps) - len(likely[:_GAPS])
    if more:
        page.line(f"{plural(more, 'part')} of {'other deliveries' if likely else 'deliveries'} not rendered", indent=2)
    page.line()
