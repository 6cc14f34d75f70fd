"""The demo's Azure half on the real Functions Python runtime, with Azurite and a stateful fake of Entra, Graph and Teams."""

import contextlib
import importlib.metadata
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from gatewatch.cli.demo.stage import ActReport, NotHereError, Setting
from gatewatch.cli.demo.story import TENANT, Act

from .azurite import Azurite
from .fake_cloud.server import FakeCloud
from .functions_runtime import FunctionsRuntime, Invocation
from .node import NodeMissing

ROOT = Path(__file__).resolve().parents[2]
LATE = timedelta(minutes=10)


class FunctionsStage:
    """The function app, polled by hand instead of by the host's schedule."""

    def __init__(self, app: FunctionsRuntime, cloud: FakeCloud) -> None:
        self._app, self._cloud = app, cloud
        version = importlib.metadata.version("azure-functions-runtime")
        self.runtime = f"by the function app in Microsoft's Functions runtime {version}, with Azurite and a fake Graph and Teams"

    def play(self, acts: Sequence[Act]) -> ActReport:
        """What is on time is there at the first poll; what is late is not, and the next poll finds it."""
        for act in acts:
            self._cloud.graph.add_sign_ins(act.record, late=LATE if act.late else timedelta(0))
        first = self._poll()
        self._cloud.graph.advance(LATE)
        second = self._poll()
        lines = tuple(f"second poll: {second}" if act.late else f"first poll: {first}" for act in acts)
        return ActReport(lines, teams=tuple(self._cloud.teams.cards))

    def finish(self) -> ActReport:
        """What the schedule does every few hours: unresolved links, notifications that are still owed."""
        before = len(self._cloud.teams.cards)
        self._fire("sweep")
        return ActReport(teams=tuple(self._cloud.teams.cards[before:]))

    def _poll(self) -> str:
        before = len(self._cloud.teams.cards)
        for name in ("poll_sign_ins", "poll_risk_detections"):
            done = self._fire(name)
            if not done.ok:
                return f"{name} failed: {done.error}"
        new = len(self._cloud.teams.cards) - before
        return f"{new} Teams card{'' if new == 1 else 's'} posted" if new else "no notification is sent"

    def _fire(self, name: str) -> Invocation:
        return self._app.fire(name)


def _environment(setting: Setting) -> dict[str, str]:
    return {"GATEWATCH_STORE": setting.store} if setting.store.startswith("sqlite:") else {**setting.elastic, "ELASTIC_URL": setting.store}


@contextlib.contextmanager
def opened(setting: Setting) -> Iterator[FunctionsStage]:
    """Installs what is missing, starts everything, stops everything."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_logging_to(setting.folder / "function.log"))
        try:
            storage = stack.enter_context(Azurite())
            cloud = stack.enter_context(FakeCloud())
            settings = {
                **cloud.environment(),
                **storage.environment(),
                **_environment(setting),
                "TENANT_ID": TENANT,
                "NOTIFY_CHANNELS": "sns,teams",
                "FIRST_LOOK_BACK_HOURS": "4",
            }
            app = stack.enter_context(FunctionsRuntime(ROOT, settings))
        except NodeMissing as error:
            raise NotHereError(f"{error}; Azurite, the storage emulator, needs them") from error
        except (OSError, RuntimeError) as error:
            raise NotHereError(f"the Functions runtime did not start: {error}") from error
        yield FunctionsStage(app, cloud)


@contextlib.contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    handler = logging.FileHandler(file)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
