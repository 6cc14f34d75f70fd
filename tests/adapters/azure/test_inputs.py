"""`gatewatch replay https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX`, on Microsoft's storage emulator."""

import io
import json
from uuid import uuid4

import pytest
from azure.storage.blob import ContainerClient

from azure_function.inputs import blobs, open_objects
from gatewatch.errors import ConfigError
from gatewatch.reading.files import Journal, prefetched, read_sources
from gatewatch.reading.json_text import value_of


@pytest.fixture
def container(storage):
    with ContainerClient.from_connection_string(storage.connection, f"c{uuid4().hex}") as client:
        client.create_container()
        for n in range(12):
            client.upload_blob(f"signins/{n:02}.json", json.dumps({"n": n}).encode())
        client.upload_blob("other.json", b"{}")
        yield client


def test_every_blob_below_a_prefix_is_read_in_order(container):
    found = read_sources(prefetched(blobs(container, "https://account/c", "signins/"), ahead=3), journal=Journal())
    assert [(item.origin, value_of(item.data)["n"]) for item in found] == [
        (f"https://account/c/signins/{n:02}.json:1", n) for n in range(12)
    ]


def test_a_blob_that_goes_away_is_refused_by_name(container):
    found = list(blobs(container, "https://account/c", "other"))
    container.delete_blob("other.json")
    with pytest.raises(OSError, match="BlobNotFound"):
        found[0].fetch(io.BytesIO())


def test_a_container_that_is_not_there_is_an_error(storage):
    with (
        ContainerClient.from_connection_string(storage.connection, "none") as client,
        pytest.raises(ConfigError, match="ContainerNotFound"),
    ):
        list(blobs(client, "https://account/none", ""))


@pytest.mark.parametrize(
    "address",
    ["https://a.blob.core.windows.net/", "https://a.blob.core.windows.net/c?sig=secret", "https://u:p@a.blob.core.windows.net/c"],
)
def test_an_address_holds_no_secret(address):
    with pytest.raises(ConfigError, match="no signature"):
        open_objects(address)


@pytest.mark.parametrize("address", ["http://a.blob.core.windows.net/c", "https://a.blob.core.windows.net.example.com/c", "s3://b/c"])
def test_other_addresses_are_none_of_azure(address):
    assert open_objects(address) is None
