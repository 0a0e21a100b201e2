"""Patches in deliveries: those whose target is not there, and those that change nothing. The engine is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.delivery_overrides import Override, overrides, useless
from gitlint_ops.lint.checks.patch_targets import is_hit, is_named, marking, missing_message
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation

_Answer = dict[str, Any] | None


def unmatched_overrides(context: CheckContext) -> Iterator[Violation]:
    """Report the patches of deliveries with a target that no object of the delivery matches."""
    targeted = [item for item in _patches(context) if isinstance(item.data.get("target"), dict)]
    answers = _answers(context, [item.build(marking(item.data["target"])) for item in targeted])
    tried = list(zip(targeted, answers, strict=True))
    shared = [item.data["target"] for item, answer in tried if answer is not None and is_hit(answer)]
    for item, answer in useless(tried, lambda answer: answer is None or is_hit(answer)):
        # What a root gives to all below it by a pattern is meant for those that have such objects.
        if is_named(item.data["target"]) or item.data["target"] not in shared:
            yield _unmatched(context, item, answer or {})


def _answers(context: CheckContext, requests: Sequence[dict[str, Any]]) -> list[_Answer]:
    """Give what each request builds, None where it fails."""
    answers = context.engine.call_many(requests)
    return [None if isinstance(answer, EngineError) else answer for answer in answers]


def _patches(context: CheckContext) -> Sequence[Override]:
    """Give the patches of deliveries whose builds show all that they may be for."""
    return [item for item in overrides(context, "patches") if not item.delivery.unrendered]


def _unmatched(context: CheckContext, item: Override, answer: dict[str, Any]) -> Violation:
    target = item.data["target"]
    severity = None if is_named(target) else context.options["pattern_severity"]
    violation = Violation(missing_message(target, [answer]), severity=severity)
    return item.place(context, violation, "target", *(("name",) if is_named(target) else ()))


def overrides_without_effect(context: CheckContext) -> Iterator[Violation]:
    """Report the patches of deliveries without which the delivery builds the very same objects.

    One of several deliveries of a folder that each patch the same object states its own value, and is left alone.
    """
    suspects = [item for item in _patches(context) if not _is_stated_by_each(context, item)]
    bare = _answers(context, [item.build() for item in suspects])
    whole = _answers(context, [item.whole_build() for item in suspects])
    tried = zip(suspects, zip(whole, bare, strict=True), strict=True)
    for item, _ in useless(tried, lambda builds: not _are_equal(*builds)):
        if _meets(context, item):
            message = (
                "this patch changes nothing: what it sets is in the folder already, or was moved there. Remove it, or "
                "correct the value that it was to change"
            )
            yield item.place(context, Violation(message))


def _is_stated_by_each(context: CheckContext, item: Override) -> bool:
    others = (other for other in _patches(context) if other.delivery is not item.delivery)
    same = (other for other in others if other.unit.path == item.unit.path)
    return any(other.data.get("target") == item.data.get("target") and other.data != item.data for other in same)


def _meets(context: CheckContext, item: Override) -> bool:
    """Whether the patch has its object: one that has none is another rule's."""
    target = item.data.get("target")
    if not isinstance(target, dict):
        return True
    (answer,) = _answers(context, [item.build(marking(target))])
    return answer is not None and is_hit(answer)


def _are_equal(one: _Answer, other: _Answer) -> bool:
    return one is not None and other is not None and bool(one["objects"] == other["objects"])
