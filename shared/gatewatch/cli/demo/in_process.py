"""The stage that is always there: the same pipeline, called in this process."""

import contextlib
from collections.abc import Iterator, Sequence

from ...flow.intake import Disposition
from ...flow.pipeline import BatchResult, process, sweep
from ...model import RawRecord
from ...notify import teams, text
from ...notify.channels import sns as sns_channel
from ...notify.channels import teams as teams_channel
from ...ports import Notice, Ports, Store
from .. import wiring
from .stage import ActReport, Setting, SnsText, Stage
from .story import Act, Cloud

SNS, TEAMS = sns_channel.CHANNEL.name, teams_channel.CHANNEL.name


class _Kept:
    """A channel that keeps what it would have sent."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.notices.append(notice)


class InProcess:
    """The pipeline itself; AWS notifies SNS and Teams, Azure notifies Teams, as deployed."""

    runtime = "in this process"

    def __init__(self, store: Store, cloud: Cloud) -> None:
        self._kept = {name: _Kept(name) for name in ((SNS, TEAMS) if cloud.sns else (TEAMS,))}
        self._ports = Ports(store=store, clock=wiring.now, channels=(SNS, TEAMS), notifiers=self._kept, worker=f"demo-{cloud.option}")

    def play(self, acts: Sequence[Act]) -> ActReport:
        """One act, one batch."""
        lines = [notified(process([self._raw(act)], self._ports)) for act in acts]
        return self._report(lines)

    def finish(self) -> ActReport:
        """The sweep."""
        outcome = sweep(self._ports)
        return self._report([f"the scheduled sweep: {notified(outcome) or 'no notification is sent'}"])

    def _report(self, lines: Sequence[str]) -> ActReport:
        sns = tuple(SnsText(text.subject(n), text.message(n)) for n in self._taken(SNS))
        return ActReport(tuple(lines), sns, tuple(teams.card(n) for n in self._taken(TEAMS)))

    def _raw(self, act: Act) -> RawRecord:
        return RawRecord(data=act.record, fetched=self._ports.clock(), tenant=act.cloud.tenant, origin=act.title)

    def _taken(self, channel: str) -> list[Notice]:
        """What a channel got since it was last asked."""
        if channel not in self._kept:
            return []
        notices, self._kept[channel].notices = self._kept[channel].notices, []
        return notices


def notified(outcome: BatchResult) -> str:
    """What became of one delivery, in words."""
    parts = [f"{item.disposition.value} ({item.reason})" if item.reason else item.disposition.value for item in outcome.items]
    parts += [f"alert {alert.severity.value} {alert.score} {alert.rule}" for alert in outcome.alerts]
    parts += [f"notified {sent.channel} ({sent.why})" for sent in outcome.sent if not sent.error]
    if outcome.items and all(item.disposition is Disposition.DUPLICATE for item in outcome.items) and not outcome.alerts:
        parts = ["already known: nothing changes, no notification is sent"]
    return ", ".join(parts)


@contextlib.contextmanager
def opened(setting: Setting, cloud: Cloud) -> Iterator[Stage]:
    """The stage of one cloud on the shared store."""
    with contextlib.closing(wiring.store(setting.store, wiring.environment())) as store:
        yield InProcess(store, cloud)
