"""`https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX` as input of `gatewatch replay`: every blob whose name begins so."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.reading.files import RemoteObject

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

CLOUDS = (".blob.core.windows.net", ".blob.core.usgovcloudapi.net", ".blob.core.chinacloudapi.cn")


def open_objects(address: str) -> Iterator[RemoteObject] | None:
    """The blobs at an address, None when it is none of Azure Blob Storage. Credentials come from Azure's own chain, never from the address.

    Raises (while they are listed):
        ConfigError: there are no credentials or no such container, or it may not be listed.
    """
    place = urlsplit(address)
    if place.scheme != "https" or not (place.hostname or "").endswith(CLOUDS):
        return None
    container, _, prefix = unquote(place.path).lstrip("/").partition("/")
    if not container or place.query or place.username:
        raise ConfigError("an address of Azure blobs names a container and what names begin with; it holds no signature and no password")
    try:
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - only an address of Azure pays for it
        from azure.storage.blob import ContainerClient  # noqa: PLC0415 - same
    except ImportError:
        raise ConfigError("addresses of Azure blobs need an extra: pip install 'gatewatch[blob]'") from None
    account = f"https://{place.hostname}"
    return blobs(ContainerClient(account, container, credential=DefaultAzureCredential()), f"{account}/{container}", prefix)


def blobs(client: "ContainerClient", name: str, prefix: str) -> Iterator[RemoteObject]:
    """The blobs of a container whose names begin with this prefix, in the order of their names; raises as ``open_objects``."""
    found = iter(client.list_blobs(name_starts_with=prefix or None))
    while True:
        with _named_errors(name):
            one = next(found, None)
        if one is None:
            return
        yield RemoteObject(f"{name}/{one.name}", int(one.size or 0), partial(_fetch, client, str(one.name)))


def _fetch(client: "ContainerClient", blob: str, target: IO[bytes]) -> None:
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - see above

    try:
        client.download_blob(blob, max_concurrency=1).readinto(target)
    except AzureError as error:
        raise OSError(str(getattr(error, "error_code", None) or type(error).__name__)) from error


@contextmanager
def _named_errors(what: str) -> Iterator[None]:
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError  # noqa: PLC0415 - see above

    try:
        yield
    except (ClientAuthenticationError, HttpResponseError) as error:
        raise ConfigError(f"{what} cannot be listed: {getattr(error, 'error_code', None) or type(error).__name__}") from error
    except AzureError as error:
        raise GatewatchError(f"{what} cannot be listed: {type(error).__name__}") from error
