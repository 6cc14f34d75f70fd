"""What a case holds. Values are raw; whoever shows them escapes them."""

from datetime import datetime

from msgspec import Struct

from ..model import Alert, EventText, Response
from ..model.familiarity import Familiarity
from ..providers.session import OpenedSession, Trace


class Identity(Struct, frozen=True, kw_only=True):
    """One identity of the person: the provider, its id there, the account, and between when it was seen in the case.

    ``assumed``: only its name says that it is the same person. ``by_key``: the id of the access key that it has in common with the person;
    it may be another's. ``acted_on``: it is another's, who did something to the person.
    """

    provider: str
    principal: str
    name: str
    account: str
    first: datetime
    last: datetime
    assumed: bool = False
    by_key: str = ""
    acted_on: bool = False

    @property
    def belongs(self) -> str:
        """Why it is in the case, where that is not plain."""
        if self.acted_on:
            return "acted on the person"
        if self.assumed:
            return "same name only"
        return f"access key {self.by_key}" if self.by_key else ""


class Moment(Struct, frozen=True, kw_only=True):
    """One activity of the person, with the alerts that count it (rule and severity)."""

    provider: str
    text: EventText
    alerts: tuple[tuple[str, str], ...] = ()


class Steps(Struct, frozen=True, kw_only=True):
    """What one session did: its sign-in and the records that were made with it, hot actions first, each part in order of time."""

    event_id: str
    session: OpenedSession
    steps: tuple[Trace, ...] = ()
    more: int = 0  # records beyond those that are kept


class PersonCase(Struct, frozen=True, kw_only=True):
    """Everything about one person between two moments."""

    names: tuple[str, ...]
    since: datetime
    until: datetime
    identities: tuple[Identity, ...]
    usual: dict[str, Familiarity]
    moments: tuple[Moment, ...]
    alerts: tuple[Alert, ...]
    sessions: tuple[Steps, ...]
    responses: tuple[Response, ...]
    shared_keys: tuple[str, ...] = ()  # ids of access keys that too many name: of those identities only what names the key is here
    truncated: bool = False  # there is more evidence than one read returns: activities are missing
    complete_since: datetime | None = None  # where truncated: what is missing is older than this
