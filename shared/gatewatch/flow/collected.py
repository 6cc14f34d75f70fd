"""What a backfill collected for one channel, kept in the store until its one message was accepted (``flow.digest``)."""

import msgspec

from ..errors import Conflict, NotifyError
from ..ports import PlainNotice, PlainNotifier, StateKey, StateWrite, Store, Written
from .digest import CollectedAlert

ATTEMPTS = 10
_DECODER = msgspec.json.Decoder(list[CollectedAlert])


class Collected:
    """One document of the store, which every run of the job adds to."""

    def __init__(self, store: Store, job: str, channel: str) -> None:
        self._store, self._key = store, StateKey("familiarity", f"backfill:{job}:{channel}")

    def add(self, found: CollectedAlert) -> None:
        """Keep one, in place of what was collected of the same alert before. Raises ``StoreUnavailable`` and ``Conflict``."""
        for _ in range(ATTEMPTS):
            known, version = self._read()
            kept = [one for one in known if one.id != found.id]
            if self._write([*kept, found], version):
                return
        raise Conflict("other writers kept changing what was collected")

    def all(self) -> list[CollectedAlert]:
        """Everything that was collected and not told. Raises ``StoreUnavailable``."""
        return self._read()[0]

    def send(self, channel: PlainNotifier, message: PlainNotice) -> bool:
        """Send the message about all of it; whether it was accepted. Then nothing is left. Raises ``StoreUnavailable``."""
        try:
            channel.send_plain(message)
        except NotifyError:
            return False
        self._write([], self._read()[1])
        return True

    def _read(self) -> tuple[list[CollectedAlert], str | None]:
        document = self._store.read_state((), (self._key,)).documents.get(self._key)
        return ([], None) if document is None else (_DECODER.decode(document.body), document.version)

    def _write(self, kept: list[CollectedAlert], version: str | None) -> bool:
        return self._store.write_state([StateWrite(self._key, msgspec.json.encode(kept), version)]) == [Written.DONE]
