from __future__ import annotations

from dataclasses import replace
from typing import Any

from gitlint_ops.lint.merging import merge
from gitlint_ops.lint.model import ObjectRef, Related, Rule, Suppression, Violation
from gitlint_ops.lint.placing import Placed
from gitlint_ops.repo.model import Environment
from gitlint_ops.source import Span
from tests.lint.support import delivery, rendered, rule

RULE = rule()
SPAN = Span("base/a.yaml", 3, 5, 3, 9)
ENVIRONMENTS = {"prod": Environment("prod", 2, True), "dev": Environment("dev", 0, False)}


def placed(message: str = "wrong", environment: str = "", name: str = "web", **fields: Any) -> Placed:
    """A violation of a rendered object ``name`` in an environment."""
    item = rendered({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}}, delivery(name, environment))
    settings: dict[str, Any] = {
        "rule": RULE,
        "violation": Violation(message, object=item),
        "span": SPAN,
        "exact": True,
        "severity": "error" if environment == "prod" else "warning",
        "object": ObjectRef("v1", "Service", "", name, "spec.x"),
        "related": (),
        "deliveries": (item.delivery.id,),
        "environments": (environment,) if environment else (),
        "suppression": None,
        **fields,
    }
    return Placed(**settings)


def source(span: Span, message: str = "wrong", of: Rule = RULE) -> Placed:
    """A violation of a source file."""
    return placed(message, rule=of, violation=Violation(message, span=span), span=span, object=None, deliveries=())


def test_environments_with_one_cause_are_one_finding_of_the_worst_severity() -> None:
    (found,) = merge([placed(environment="prod"), placed(environment="dev")], ENVIRONMENTS)
    assert (found.severity, found.environments, found.deliveries) == ("error", ("dev", "prod"), ("none/web",))


def test_the_name_that_a_render_gives_makes_no_difference() -> None:
    found = merge([placed("Service dev-web: wrong", "dev", "dev-web"), placed("Service web: wrong", "prod")], {})
    assert [(item.message, item.deliveries) for item in found] == [
        ("Service dev-web: wrong", ("none/dev-web", "none/web"))
    ]


def test_the_names_of_related_objects_make_no_difference() -> None:
    def beside(environment: str) -> Placed:
        name = f"{environment}-pods"
        item = rendered({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}}, delivery(name, environment))
        violation = Violation(f"no port of Pod {name}", object=item, related_fields=((item, (), "is selected"),))
        own = placed(environment=environment)
        return replace(own, violation=replace(violation, object=own.violation.object))

    (found,) = merge([beside("dev"), beside("prod")], ENVIRONMENTS)
    assert found.environments == ("dev", "prod")


def test_a_name_that_is_a_word_of_the_message_too_makes_no_difference() -> None:
    found = merge([placed("library/registry:2 can change", name=name) for name in ("registry", "web")], {})
    assert [(item.message, item.deliveries) for item in found] == [
        ("library/registry:2 can change", ("none/registry", "none/web"))
    ]


def test_other_messages_and_places_stay_apart() -> None:
    items = [placed("one"), placed("two"), placed("one", span=replace(SPAN, line=4, end_line=4))]
    assert len(merge(items, {})) == 3


def test_what_source_and_render_both_saw_is_the_rendered_finding() -> None:
    found = merge([source(SPAN, "seen in the file"), placed("seen in the render", "prod")], ENVIRONMENTS)
    assert [(item.message, item.environments) for item in found] == [("seen in the render", ("prod",))]


def test_a_source_finding_elsewhere_on_the_line_stays() -> None:
    assert len(merge([source(Span("base/a.yaml", 3, 20, 3, 25)), placed()], {})) == 2


def test_a_suppressed_object_does_not_hide_the_others() -> None:
    hidden = placed(environment="dev", suppression=Suppression("annotation", "known"))
    found = merge([hidden, placed(environment="prod")], ENVIRONMENTS)
    assert sorted((item.environments, item.suppression is None) for item in found) == [
        (("dev",), False),
        (("prod",), True),
    ]


def test_findings_come_by_severity_path_and_line() -> None:
    spans = [Span("b.yaml", 1), Span("a.yaml", 9), Span("a.yaml", 2)]
    items = [source(span) for span in spans] + [placed(environment="prod", span=Span("z.yaml", 1))]
    order = [(item.severity, item.span.path, item.span.line) for item in merge(items, ENVIRONMENTS)]
    assert order == [
        ("error", "z.yaml", 1),
        ("warning", "a.yaml", 2),
        ("warning", "a.yaml", 9),
        ("warning", "b.yaml", 1),
    ]


def test_what_two_suppressions_hide_stays_apart() -> None:
    items = [
        placed(environment="dev", suppression=Suppression("annotation", "known")),
        placed(environment="stage", suppression=Suppression("comment", "a test", "2999-01-01")),
        placed(environment="prod", suppression=Suppression("annotation", "known")),
    ]
    assert sorted((item.environments, item.suppression) for item in merge(items, ENVIRONMENTS) if item.suppression) == [
        (("dev", "prod"), Suppression("annotation", "known")),
        (("stage",), Suppression("comment", "a test", "2999-01-01")),
    ]


def test_a_finding_yields_to_its_cause_on_the_same_line() -> None:
    symptom = rule("symptom", yields_to=("cause",))
    items = [
        source(SPAN, of=symptom),
        source(replace(SPAN, line=8, end_line=8), of=symptom),
        source(SPAN, of=rule("cause")),
    ]
    assert [(item.rule, item.span.line) for item in merge(items, {})] == [("cause", 3), ("symptom", 8)]


def test_related_places_are_joined_once() -> None:
    places = [Related(Span("base/a.yaml", line), "also here") for line in (1, 2)]
    (found,) = merge([placed(related=(places[0],)), placed(related=(places[0], places[1]))], {})
    assert found.related == tuple(places)


def test_help_uri_names_the_rule() -> None:
    (found,) = merge([placed()], {})
    assert found.help_uri == "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/some-rule.md"


def test_many_places_of_one_decision_are_said_once() -> None:
    def at(line: int, **fields: Any) -> Placed:
        own = placed(f"object {line} is old", environment="dev", span=Span("a.yaml", line, 1, line, 9), **fields)
        return replace(own, violation=replace(own.violation, decision="old"))

    few = merge([at(line) for line in range(1, 5)], {})
    assert [item.message for item in few] == [f"object {line} is old" for line in range(1, 5)]
    hidden = at(6, suppression=Suppression("comment", "later"))
    one, left = merge([hidden, *(at(line) for line in range(1, 6))], {})
    assert one.message == "object 1 is old (5 places are alike, this is the first)"
    assert [item.span.line for item in one.related] == [2, 3, 4, 5]
    assert (one.decision, one.home, left.home) == ("old", "", "a.yaml")
    assert (left.span.line, left.suppression) == (6, Suppression("comment", "later"))
