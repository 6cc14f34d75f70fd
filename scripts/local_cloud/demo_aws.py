"""The demo's AWS half on the real Lambda runtime: the built artifact behind EventBridge rules, SQS, SNS and Secrets Manager."""

import contextlib
import importlib.metadata
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gatewatch.cli.demo.stage import ActReport, NotHereError, Setting, SnsText
from gatewatch.cli.demo.story import Act

from .fake_cloud.server import FakeCloud
from .lambda_runtime import CannotBuildError, Cloud, Emulator, FunctionError, Polled, Stage, build

SWEEP = {"source": "gatewatch", "action": "sweep"}


class LambdaStage:
    """One execution environment with its surroundings."""

    def __init__(self, stage: Stage, function: Emulator, teams: FakeCloud) -> None:
        self._stage, self._function, self._teams = stage, function, teams
        client = importlib.metadata.version("moto")
        self.runtime = f"by the built artifact in the Lambda Runtime Interface Emulator, behind EventBridge, SQS and SNS (moto {client})"

    def play(self, acts: Sequence[Act]) -> ActReport:
        """One act, one event through EventBridge, one batch from the queue."""
        lines: list[str] = []
        sns: list[SnsText] = []
        for act in acts:
            self._stage.sign_in(act.record["detail"], act.record["detail-type"])
            polled = self._stage.poll(self._function)
            heard = self._heard()
            sns += heard
            lines.append(_line(polled, heard))
        return ActReport(tuple(lines), tuple(sns), tuple(self._teams.teams.cards))

    def finish(self) -> ActReport:
        """What the schedule does every few minutes: tell what is still owed."""
        self._function.invoke(SWEEP)
        heard = self._heard()
        return ActReport((f"the scheduled sweep: {_told(heard)}",), tuple(heard))

    def _heard(self) -> list[SnsText]:
        return [SnsText(message["Subject"], json.loads(message["Message"])["text"]) for message in self._stage.inbox()]


def _line(polled: Polled, heard: Sequence[SnsText]) -> str:
    if polled.error:
        return f"the function failed: {polled.error}"
    return f"{polled.done} of {len(polled.received)} messages done; {_told(heard)}"


def _told(heard: Sequence[SnsText]) -> str:
    return "; ".join(f"SNS: {message.subject}" for message in heard) or "no notification is sent"


def _environment(setting: Setting) -> dict[str, str]:
    if setting.store.startswith("sqlite:"):
        return {"GATEWATCH_STORE": setting.store}
    kept: Mapping[str, Any] = {name: value for name, value in setting.elastic.items() if name != "ELASTIC_API_KEY"}
    return {**kept, "ELASTIC_URL": setting.store}


@contextlib.contextmanager
def opened(setting: Setting) -> Iterator[LambdaStage]:
    """Builds what is missing, starts everything, stops everything."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # moto's web server would write a line for every call
    with contextlib.ExitStack() as stack:
        try:
            artifact = build()
            cloud = stack.enter_context(Cloud())
            teams = stack.enter_context(FakeCloud())
            stage = cloud.stage(setting.elastic.get("ELASTIC_API_KEY", "unused"), webhook=teams.webhook)
            variables = stage.environment(**_environment(setting))
            function = stack.enter_context(Emulator(artifact, variables, log=setting.folder / "lambda.log"))
        except (CannotBuildError, FunctionError, OSError, StopIteration) as error:
            raise NotHereError(f"the Lambda runtime did not start: {str(error) or 'no emulator for this machine'}") from error
        yield LambdaStage(stage, function, teams)
