"""Several jobs of one timer."""

from collections.abc import Callable, Iterable


def run_each(jobs: Iterable[Callable[[], None]]) -> None:
    """Runs all of them even when some fail, then raises what failed, so that the host counts the run as failed."""
    failures: list[Exception] = []
    for job in jobs:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - raised below, together
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("several jobs of this run failed", failures)
