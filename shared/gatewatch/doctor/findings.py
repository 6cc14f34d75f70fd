"""What a doctor says."""

from msgspec import Struct

from ..errors import GatewatchError
from ..model import Severity

DOCS = "https://github.com/gatewatch/gatewatch/blob/main/docs"
"""Where the pages are that findings link to; each has a section for each finding."""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    ``id`` is stable, in lower case with dashes, and the same for the same fault in every installation; ``subject`` says which one where
    there are several (a stream, an application). ``problem`` is plain English, ``fix`` the exact command or the way through the portal.
    """

    id: str
    severity: Severity
    problem: str
    fix: str
    subject: str = ""
    page: str = "doctor.md"  # below DOCS: the page that has a section named after the id

    @property
    def link(self) -> str:
        """The page that explains it."""
        return f"{DOCS}/{self.page}#{self.id}"


class CannotLook(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """A check got no answer: ``reason`` says why, ``fix`` what would let the doctor look."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class Unanswered(Struct, frozen=True, kw_only=True):
    """A check that got no answer this time. ``because`` names the finding that explains it, if there is one; ``subject`` as in ``Diagnosis``."""

    check: str
    reason: str
    fix: str = ""
    because: str = ""
    subject: str = ""


class NeverAsked(Struct, frozen=True, kw_only=True):
    """What no doctor can ask without doing harm or sending something to people, and how a person sees it."""

    what: str
    reason: str
    command: str


class Examination(Struct, frozen=True, kw_only=True):
    """Everything that one look found, findings with the highest severity first."""

    target: str
    checks: tuple[str, ...]
    findings: tuple[Diagnosis, ...] = ()
    not_looked: tuple[Unanswered, ...] = ()
    never_asked: tuple[NeverAsked, ...] = ()

    @property
    def state(self) -> str:
        """``healthy``, ``findings``, or ``could_not_look`` where nothing was found and something could not be looked at."""
        if self.findings:
            return "findings"
        return "could_not_look" if self.not_looked else "healthy"
