"""What a run spends its time on, as events that trace viewers show; it costs next to nothing where none is recorded.

The format is Chrome's trace events: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Literal

Kind = Literal["phase", "rule", "provenance", "engine", "request"]
"""``phase``: a part of the run; ``rule``: one rule; ``provenance``: the search for the line behind one violation;
``engine``: waiting for answers; ``request``: one request, in the engine."""
_PYTHON, _ENGINE = 1, 2
"""Process ids in the trace; the threads of the second are the engine's workers."""
_PLACES = ("path", "chart", "release", "files")
"""Fields of requests that tell which unit or file it is about; the others may hold values."""
_KEYS = ("cat", "name", "ts", "dur", "pid", "tid", "args")
_NOTHING = nullcontext()


class Trace:
    """Events of a run, each with its start and duration in microseconds since the Unix epoch."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._epoch = time.time_ns() - time.perf_counter_ns()

    @contextmanager
    def span(self, kind: Kind, name: str, **details: Any) -> Iterator[None]:
        """Record what is done within the context as one event."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            took = time.perf_counter_ns() - start
            self._add(kind, name, (self._epoch + start) / 1000, took / 1000, _PYTHON, 1, details)

    def answered(self, request: Mapping[str, Any], timing: Mapping[str, int]) -> None:
        """Record a request to the engine, with the ``timing`` of its answer (``engine/PROTOCOL.md``)."""
        details = {"verb": request["verb"], "unit": unit_of(request)}
        name = name_of(request)
        start, took, worker = timing["start_us"], timing["took_us"], timing["worker"]
        self._add("request", name, start, took, _ENGINE, worker + 1, details)

    def dumped(self) -> str:
        """Give the trace as JSON, its times from 0 on."""
        start = min((event["ts"] for event in self.events), default=0)
        events = [{**event, "ts": event["ts"] - start} for event in self.events]
        events.sort(key=lambda event: (event["pid"], event["tid"], event["ts"], -event["dur"]))
        names = ((_PYTHON, "gitlint-ops"), (_ENGINE, "engine"))
        named = [{"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": n}} for pid, n in names]
        return json.dumps({"displayTimeUnit": "ms", "traceEvents": [*named, *events]}) + "\n"

    def _add(self, *values: Any) -> None:
        self.events.append({"ph": "X", **dict(zip(_KEYS, values, strict=True))})


_CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def recorded() -> Iterator[Trace]:
    """Record what is done within the context."""
    trace = Trace()
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)


def asked() -> dict[str, bool]:
    """Give what a request needs so that its answer has a ``timing``: nothing where no trace is being recorded."""
    return {} if _CURRENT.get() is None else {"timing": True}


def span(kind: Kind, name: str, **details: Any) -> AbstractContextManager[None]:
    """Record what is done within the context, where a trace is being recorded."""
    trace = _CURRENT.get()
    return trace.span(kind, name, **details) if trace is not None else _NOTHING


def note_answer(request: Mapping[str, Any], answer: MutableMapping[str, Any]) -> None:
    """Take the ``timing`` out of an answer, into the trace that is being recorded."""
    timing, trace = answer.pop("timing", None), _CURRENT.get()
    if trace is not None and timing is not None:
        trace.answered(request, timing)


def costs_in(text: str) -> Mapping[str, float]:
    """Give the microseconds that each request took, by its name, from a trace that was dumped.

    Raises ValueError for anything else.
    """
    costs: dict[str, float] = defaultdict(float)
    try:
        for event in json.loads(text)["traceEvents"]:
            if event.get("cat") == "request":
                costs[str(event["name"])] += float(event["dur"])
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is no trace of --profile-run") from error
    return costs


def name_of(request: Mapping[str, Any]) -> str:
    """Name a request: its verb, and what it is about."""
    return f"{request['verb']} {unit_of(request)}"


def unit_of(request: Mapping[str, Any]) -> str:
    """Name what a request is about: a folder, a chart and its release, or the first of some files."""
    parts = [request[key] for key in _PLACES if request.get(key)]
    return " ".join(_shown(part) for part in parts)


def _shown(part: Any) -> str:
    if not isinstance(part, list):
        return str(part)
    return f"{part[0]} and {len(part) - 1} more" if len(part) > 1 else str(part[0])
