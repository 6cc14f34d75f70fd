"""A change of the policy that loosens is notified once on each channel, with author and difference."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.flow.jobs import apply_policy
from gatewatch.flow.pipeline import sweep
from gatewatch.flow.policy import current, version_key
from gatewatch.flow.policy_notices import NOTICES, notify_of_policy, plain_notice
from gatewatch.model import Severity
from gatewatch.ports import Notice, PlainNotice, Ports, StateWrite, Written
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from gatewatch.tuning.changes import changes
from gatewatch.tuning.policy import Policy, encode
from tests.support.channels import NOW


class Radio:
    """A channel that takes plain messages, and fails as told."""

    def __init__(self, name: str = "sns", *failures: Exception) -> None:
        self.name, self.heard = name, list[PlainNotice]()
        self._failures = list(failures)

    def send(self, notice: Notice) -> None:
        raise AssertionError(notice)

    def send_plain(self, notice: PlainNotice) -> None:
        if self._failures:
            raise self._failures.pop(0)
        self.heard.append(notice)


class Pager:
    """A channel that takes alerts only."""

    name = "pager"

    def send(self, notice: Notice) -> None:
        raise AssertionError(notice)


TIGHT, LOOSE = Tuning(notify_from=Severity.LOW), Tuning(notify_from=Severity.CRITICAL)


class World:
    """An installation with channels, and a clock that is turned by hand."""

    def __init__(self, *radios: Any) -> None:
        self.now = NOW
        names = tuple(radio.name for radio in radios)
        self.ports = Ports(store=MemoryStore(), clock=lambda: self.now, channels=names, notifiers={r.name: r for r in radios})
        self.apply(TIGHT, channels=names)

    def apply(self, tuning: Tuning, **more: Any) -> Policy:
        before = current(self.ports)
        said = {"channels": before.channels, "author": "dana", "reason": "SEC-9"} | more
        return apply_policy(Policy(tuning=tuning, **said), before.policy_version, self.ports)[0]


def subjects(radio: Radio) -> list[str]:
    return [notice.subject for notice in radio.heard]


SAID = "Gatewatch policy version 2 loosens detection, by dana"


def test_a_change_that_loosens_is_notified_once_on_every_channel() -> None:
    sns, teams = Radio(), Radio("teams")
    world = World(sns, teams)
    world.apply(LOOSE)
    for _ in range(3):
        sweep(world.ports)
    assert (subjects(sns), subjects(teams)) == ([SAID], [SAID])
    assert any("SEC-9" in line for line in sns.heard[0].lines)
    assert any(line == 'notify_from: "low" -> "critical"' for line in sns.heard[0].lines)


def test_a_change_that_tightens_is_not_notified() -> None:
    sns = Radio()
    world = World(sns)
    world.apply(LOOSE)
    sweep(world.ports)
    world.apply(TIGHT)
    sweep(world.ports)
    assert subjects(sns) == [SAID]


def test_the_first_policy_of_an_installation_is_no_change() -> None:
    sns = Radio()
    world = World(sns)
    sweep(world.ports)
    assert subjects(sns) == []


def test_a_channel_is_notified_of_the_change_that_takes_it_away() -> None:
    sns, teams = Radio(), Radio("teams")
    world = World(sns, teams)
    world.apply(TIGHT, channels=("teams",))
    sweep(world.ports)
    assert (subjects(sns), subjects(teams)) == ([SAID], [SAID])


def test_a_channel_that_is_away_is_notified_later_and_the_others_not_again() -> None:
    sns, teams = Radio("sns", NotifyUnavailable("away")), Radio("teams")
    world = World(sns, teams)
    world.apply(LOOSE)
    sweep(world.ports)
    assert (subjects(sns), subjects(teams)) == ([], [SAID])
    sweep(world.ports)
    assert (subjects(sns), subjects(teams)) == ([SAID], [SAID])


def test_a_channel_that_refuses_the_message_is_not_asked_for_ever() -> None:
    sns = Radio("sns", NotifyError("refused"))
    world = World(sns)
    world.apply(LOOSE)
    assert (notify_of_policy(current(world.ports)), notify_of_policy(current(world.ports))) == ([], [])
    assert subjects(sns) == []


def test_versions_between_two_sweeps_are_notified_one_by_one() -> None:
    sns = Radio()
    world = World(sns)
    for tuning, author in ((LOOSE, "dana"), (TIGHT, "eve"), (Tuning(notify_from=Severity.HIGH), "fay")):
        world.apply(tuning, author=author)
    sweep(world.ports)
    assert subjects(sns) == [SAID, "Gatewatch policy version 4 loosens detection, by fay"]


def test_a_channel_that_takes_alerts_only_holds_nobody_up() -> None:
    sns = Radio()
    world = World(sns, Pager())
    world.apply(LOOSE)
    sweep(world.ports)
    assert subjects(sns) == [SAID]


def test_while_one_worker_sends_another_does_not_and_after_its_lease_it_does() -> None:
    class CrashError(Exception):
        """The process ends here."""

    first, second = Radio("sns", CrashError()), Radio()
    world = World(first)
    world.apply(LOOSE)
    with pytest.raises(CrashError):
        notify_of_policy(current(world.ports))
    other = Ports(store=world.ports.store, clock=world.ports.clock, channels=("sns",), notifiers={"sns": second}, worker="other")
    assert notify_of_policy(current(other)) == []
    world.now += timedelta(hours=1)
    assert notify_of_policy(current(other)) == ["sns"]
    assert subjects(second) == [SAID]


def test_a_document_that_cannot_be_read_is_written_anew() -> None:
    sns = Radio()
    world = World(sns)
    world.ports.store.write_state([StateWrite(NOTICES, b'["broken"]', None)])
    world.apply(LOOSE)
    sweep(world.ports)
    sweep(world.ports)
    assert subjects(sns) == [SAID]


def test_a_forged_document_of_the_history_hides_nothing() -> None:
    sns = Radio()
    world = World(sns)
    forged = encode(structs.replace(Policy(tuning=TIGHT), version=2, channels=("sns",)))
    assert world.ports.store.write_state([StateWrite(version_key(2), forged, None)]) == [Written.DONE]
    world.apply(LOOSE)
    sweep(world.ports)
    assert subjects(sns) == [SAID]


def test_many_differences_are_counted() -> None:
    wide = Policy(version=2, author="dana", tuning=Tuning(known_networks=tuple(f"203.0.{n}.0/24" for n in range(40))))
    lines = plain_notice(wide, changes(Policy(), wide)).lines
    assert "and 20 more" in lines
