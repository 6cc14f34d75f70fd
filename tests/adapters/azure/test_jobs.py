"""Several jobs of one timer."""

from collections.abc import Callable

import pytest

from azure_function.jobs import run_each


def test_one_failing_job_does_not_stop_the_others_and_all_are_told():
    done: list[str] = []

    def fails(name: str) -> Callable[[], None]:
        def job() -> None:
            done.append(name)
            raise RuntimeError(name)

        return job

    with pytest.raises(RuntimeError, match="a"):
        run_each([fails("a"), lambda: done.append("b")])
    with pytest.raises(ExceptionGroup) as raised:
        run_each([fails("c"), fails("d")])
    assert (done, len(raised.value.exceptions)) == (["a", "b", "c", "d"], 2)
