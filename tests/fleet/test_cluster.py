from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gitlint_ops.fleet import Answer, ExecutorError, Task
from gitlint_ops.fleet import cluster as module
from gitlint_ops.fleet.cluster import ClusterExecutor, check_on_worker, end_checkers

distributed = pytest.importorskip("distributed")


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    with pytest.raises(ExecutorError) as told:
        ClusterExecutor("tcp://127.0.0.1:1", 60)
    assert (told.value.message, told.value.advice) == (
        "there is no cluster at 'tcp://127.0.0.1:1'",
        "name the address of a Dask scheduler, as in tcp://scheduler:8786",
    )


def test_a_cluster_without_a_worker_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(module, "NO_WORKER_SECONDS", 0.2)
    with distributed.LocalCluster(
        n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        executor = ClusterExecutor(cluster.scheduler_address, 60)
        with pytest.raises(ExecutorError, match="the cluster had no worker for 0 seconds"):
            next(executor.answers([Task("a")]))
        executor.close()


@pytest.mark.parametrize(
    ("future", "answer"),
    [
        (SimpleNamespace(status="finished", result=Answer), Answer()),
        (
            SimpleNamespace(status="error", exception=lambda: MemoryError("a value")),
            Answer(reason="the cluster could not check it: MemoryError", exit_code=3),
        ),
        (
            SimpleNamespace(status="cancelled"),
            Answer(reason="the cluster could not check it: cancelled", exit_code=3),
        ),
    ],
)
def test_what_the_cluster_loses_is_told(future: Any, answer: Answer) -> None:
    assert module._result(future) == answer


def test_a_worker_keeps_its_processes_for_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def checker(_seconds: float) -> Any:
        made.append(SimpleNamespace(answer=lambda task: Answer(reason=task.root), close=made.clear))
        return made[-1]

    monkeypatch.setattr(module, "Checker", checker)
    assert [check_on_worker(Task(name), 60, "run").reason for name in "ab"] == ["a", "b"]
    assert len(made) == 1
    check_on_worker(Task("c"), 60, "other")
    assert len(made) == 2
    end_checkers("run")
    assert made == []
    end_checkers("other")
