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
    "Say where state is kept: STATE_TABLE_ENDPOINT and STATE_QUEUE_ENDPOINT of the function app, and sign in as somebody who has\n"
    "'Storage Table Data Reader' and 'Storage Queue Data Reader' on the account: az role assignment create --role ROLE --assignee ME --scope ID"
)


class StorageState:
    """``PollerState`` over a table and a queue."""

    def __init__(self, table: "TableClient", queue: "QueueClient", tenant: str) -> None:
        self._table, self._queue, self._tenant = table, queue, tenant

    def cursors(self) -> Sequence[Cursor]:
        """See ``PollerState``."""
        with _named_errors("the table of the cursors"):
            return TableCheckpoint(self._table, self._tenant).cursors()

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
    from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError  # noqa: PLC0415 - heavy

    try:
        yield
    except ResourceNotFoundError:
        raise CannotLook(f"{what} is not there", FIX) from None
    except HttpResponseError as error:
        raise CannotLook(f"{what} answered {error.status_code}", FIX) from None
    except AzureError as error:
        raise CannotLook(f"{what} does not answer: {type(error).__name__}", FIX) from None
