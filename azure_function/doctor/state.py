"""The storage account as the doctor reads it: cursors and the length of the dead-letter queue. Nothing is claimed, hidden or changed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatewatch.doctor.findings import CannotLook
from gatewatch.polling.cursor import Cursor

from ..table_checkpoint import TableCheckpoint

if TYPE_CHECKING:
    from azure.data.tables import TableClient
    from azure.storage.queue import QueueClient

FIX = (
    "Compare STATE_TABLE_ENDPOINT and STATE_QUEUE_ENDPOINT with the function app's, and sign in as somebody who may read the account:\n"
    "az role assignment create --role 'Storage Table Data Reader' --assignee ME --scope ID\n"
    "az role assignment create --role 'Storage Queue Data Reader' --assignee ME --scope ID"
)


class StorageState:
    """``PollerState`` over a table and a queue."""

    def __init__(self, table: "TableClient", queue: "QueueClient", tenant: str) -> None:
        self._table, self._queue, self._tenant = table, queue, tenant

    def cursors(self) -> Sequence[Cursor]:
        """See ``PollerState``. A table that is not there holds no cursor: nothing has polled."""
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        with _named_errors("the table of the cursors"):
            try:
                return TableCheckpoint(self._table, self._tenant).cursors()
            except ResourceNotFoundError:
                return []

    def dead_letters(self) -> int:
        """See ``PollerState``. A queue that is not there is empty: it is made with the first dead letter."""
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        with _named_errors("the dead-letter queue"):
            try:
                return int(self._queue.get_queue_properties().approximate_message_count or 0)
            except ResourceNotFoundError:
                return 0


@contextmanager
def _named_errors(what: str) -> Iterator[None]:
    from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415 - heavy

    try:
        yield
    except HttpResponseError as error:
        raise CannotLook(f"{what} answered {error.status_code}", FIX) from None
    except AzureError as error:
        raise CannotLook(f"{what} does not answer: {type(error).__name__}", FIX) from None
