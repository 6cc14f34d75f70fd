"""Where an act is played: the seam between the demo and the runtimes that can play it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ...errors import GatewatchError
from .story import Act


class NotHereError(GatewatchError):
    """This runtime cannot be started on this machine; the message says what is missing and how to get it."""


class Setting(Struct, frozen=True):
    """What a stage needs to know. ``store`` is shared by both clouds, as in production."""

    store: str  # sqlite:FILE with an absolute path, or an Elasticsearch address
    folder: Path  # for logs and scratch files of this run
    elastic: Mapping[str, str] = {}  # ELASTIC_* settings when the store is an Elasticsearch address


class SnsText(Struct, frozen=True):
    """What an e-mail subscriber gets."""

    subject: str
    message: str


class ActReport(Struct, frozen=True):
    """What came out of a stage: what it said of each delivery, what SNS and Teams were sent."""

    lines: tuple[str, ...] = ()
    sns: tuple[SnsText, ...] = ()
    teams: tuple[dict[str, Any], ...] = ()


class Stage(Protocol):
    """A runtime that is up."""

    runtime: str  # for people: what it is and its version

    def play(self, acts: Sequence[Act]) -> ActReport:
        """Deliver these acts as this cloud would, and report what happened."""
        ...

    def finish(self) -> ActReport:
        """Run the scheduled sweep: send the notifications that are still pending."""
        ...


type Opener = Callable[[Setting], AbstractContextManager[Stage]]
"""Starts a stage and stops it; raises ``NotHereError`` before anything is delivered."""
