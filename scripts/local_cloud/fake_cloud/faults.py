"""What can go wrong between Graph and whoever asks it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What one request gets instead of its answer. ``kind``: status, reset, truncated, cut, not-json, pass, next-link, hang, replaced."""

    kind: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    link: str = ""
    old: bytes = b""
    new: bytes = b""


def status(code: int, retry_after: str | None = None) -> Fault:
    """An error status; without ``retry_after`` there is no such header, as with Graph's risk endpoints."""
    return Fault("status", code, (("Retry-After", retry_after),) if retry_after is not None else ())


RESET = Fault("reset")  # the connection breaks before an answer
CUT = Fault("cut")  # the connection breaks in the middle of the body
TRUNCATED = Fault("truncated")  # half a body that calls itself whole
NOT_JSON = Fault("not-json")  # a gateway's HTML page with status 200
PASS = Fault("pass")  # no fault: the answer, for the middle of a plan
HANG = Fault("hang")  # no answer until ``GraphState.release`` is called


def next_link(link: str) -> Fault:
    """A whole page whose next link leads where it should not."""
    return Fault("next-link", link=link)


def replaced(old: bytes, new: bytes) -> Fault:
    """A page in which some bytes are others."""
    return Fault("replaced", old=old, new=new)
