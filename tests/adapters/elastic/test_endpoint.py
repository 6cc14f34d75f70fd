"""Where the server is and whether it is the one: addresses, Cloud IDs, certificates. A server that is not trusted never sees the key."""

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import trustme

from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.stores.elastic import Authorization, Client, RequestLimits, Timing, open_client, open_elastic
from gatewatch.stores.elastic.bulk import Op, bulk
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.settings import elastic_settings
from tests.elastic_server.fake import FakeBulk
from tests.elastic_server.faults import FaultProxy

ONE = [Op(index="i", id="d", document=b"{}")]


def cloud_id(text: str) -> str:
    return "deployment:" + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        pytest.param({"url": "https://es.example:9243"}, "https://es.example:9243", id="port"),
        pytest.param({"url": "https://es.example"}, "https://es.example:443", id="no port"),
        pytest.param({"url": " https://es.example/prefix/ "}, "https://es.example:443/prefix", id="path of a proxy"),
        pytest.param({"url": "http://127.0.0.1:9200"}, "http://127.0.0.1:9200", id="loopback"),
        pytest.param({"url": "http://[::1]"}, "http://[::1]:9200", id="loopback, version 6"),
        pytest.param({"url": "http://localhost"}, "http://localhost:9200", id="localhost"),
        pytest.param({"cloud_id": cloud_id("eu.example$abc$def")}, "https://abc.eu.example:443", id="cloud id"),
        pytest.param({"cloud_id": cloud_id("eu.example:9243$abc")}, "https://abc.eu.example:9243", id="cloud id with port"),
    ],
)
def test_an_address(given, url):
    assert endpoint(**given).url == url


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"url": "https://a", "cloud_id": cloud_id("b$c")}, id="both"),
        pytest.param({"url": "es.example:9200"}, id="no scheme"),
        pytest.param({"url": "ftp://es.example"}, id="other scheme"),
        pytest.param({"url": "https://"}, id="no host"),
        pytest.param({"url": "http://es.example:9200"}, id="plain text over the network"),
        pytest.param({"url": "http://127.0.0.1.evil.example"}, id="nearly loopback"),
        pytest.param({"url": "https://user:hunter2@es.example"}, id="password in the address"),
        pytest.param({"url": "https://es.example/?key=hunter2"}, id="query"),
        pytest.param({"url": "https://es.example:99999"}, id="port too high"),
        pytest.param({"url": "https://es.example:hunter2"}, id="port no number"),
        pytest.param({"cloud_id": "name:hunter2!"}, id="cloud id not base64"),
        pytest.param({"cloud_id": cloud_id("no dollar")}, id="cloud id without cluster"),
        pytest.param({"url": "https://es.example", "fingerprint": "abcd"}, id="short fingerprint"),
        pytest.param({"url": "https://es.example", "fingerprint": "z" * 64}, id="fingerprint not hex"),
    ],
)
def test_a_wrong_address_is_named_without_its_secret(given):
    with pytest.raises(ConfigError) as caught:
        endpoint(**given)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "header"),
    [
        pytest.param("aWQ6a2V5", "ApiKey aWQ6a2V5", id="encoded"),
        pytest.param("id:key", "ApiKey aWQ6a2V5", id="id and key"),
        pytest.param(" aWQ6a2V5\n", "ApiKey aWQ6a2V5", id="blanks around it"),
    ],
)
def test_a_key_in_either_form(given, header):
    assert Authorization.api_key(given).header() == header


@pytest.mark.parametrize("given", ["", "  ", "abc\r\nX-Injected", "ключ"])
def test_a_key_that_no_header_can_carry(given):
    with pytest.raises(ConfigError) as caught:
        Authorization.api_key(given)
    assert "Injected" not in str(caught.value)


@pytest.mark.parametrize("name", ["Upper", "da-sh", "sla/sh", "sp ace", "do.t", "sta*r", "com,ma", "x" * 65, 'quo"te'])
def test_a_namespace_that_elasticsearch_refuses(name):
    with pytest.raises(ConfigError):
        elastic_settings({"ELASTIC_NAMESPACE": name})


def test_settings_make_a_store_without_connecting():
    settings = {"ELASTIC_URL": "https://es.example", "ELASTIC_API_KEY": "aWQ6a2V5", "ELASTIC_NAMESPACE": "prod"}
    store = open_elastic(settings)
    assert "prod" in store._evidence
    store.close()


def test_a_missing_key_says_how_to_get_one():
    with pytest.raises(ConfigError, match="elastic setup"):
        open_client({"ELASTIC_URL": "https://es.example"})


def test_a_ca_file_that_is_not_there_is_named():
    client = Client(endpoint("https://127.0.0.1:1", ca_file="/absent/ca.pem"), None)
    with pytest.raises(ConfigError, match=r"/absent/ca\.pem"):
        client.json("GET", "/")


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = Client(endpoint(f"http://127.0.0.1:{port}"), None, timing=Timing(sleep=lambda _: None))
    with pytest.raises(StoreUnavailable, match="4 tries"):
        client.json("GET", "/")


AUTHORITY = trustme.CA()
INTERMEDIATE = AUTHORITY.create_child_ca()


def fingerprint(pem: bytes) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest()


class Tls:
    """A fake server behind a certificate."""

    def __init__(self, *names: str, **dates: datetime) -> None:
        self.leaf = INTERMEDIATE.issue_cert(*(names or ("127.0.0.1",)), **dates)
        chain = trustme.Blob(b"".join(pem.bytes() for pem in (*self.leaf.cert_chain_pems, AUTHORITY.cert_pem)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with chain.tempfile() as certificates, self.leaf.private_key_pem.tempfile() as key:
            context.load_cert_chain(certificates, key)
        self.backend = FakeBulk()
        self.proxy = FaultProxy(self.backend, tls=context)

    def deliver(self, **trust: str) -> None:
        """One document, trusting what is given."""
        timing = Timing(sleep=lambda _: None)
        client = Client(
            endpoint(self.proxy.url, **trust), Authorization.api_key("a:b"), timing=timing, limits=RequestLimits(read_seconds=2)
        )
        try:
            bulk(client, ONE)
        finally:
            client.close()


@pytest.fixture
def tls() -> Iterator[Tls]:
    server = Tls()
    with server.proxy:
        yield server


@pytest.fixture
def ca_file(tmp_path):
    AUTHORITY.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def test_trusted_by_its_authority(tls, ca_file):
    tls.deliver(ca_file=ca_file)
    assert tls.backend.documents


@pytest.mark.parametrize("which", ["authority", "intermediate", "leaf"])
@pytest.mark.parametrize("write", [str, str.upper, lambda text: ":".join(text[at : at + 2] for at in range(0, 64, 2))])
def test_trusted_by_a_fingerprint_in_its_chain(tls, which, write):
    pems = {
        "authority": AUTHORITY.cert_pem.bytes(),
        "leaf": tls.leaf.cert_chain_pems[0].bytes(),
        "intermediate": tls.leaf.cert_chain_pems[1].bytes(),
    }
    tls.deliver(fingerprint=write(fingerprint(pems[which])))
    assert tls.backend.documents


def test_an_unknown_authority_never_sees_the_key(tls):
    with pytest.raises(StoreUnavailable):
        tls.deliver()
    assert tls.proxy.seen == []


def test_another_authority_never_sees_the_key(tls, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with pytest.raises(StoreUnavailable):
        tls.deliver(ca_file=str(tmp_path / "other.pem"))
    assert tls.proxy.seen == []


def test_another_fingerprint_never_sees_the_key(tls):
    with pytest.raises(StoreUnavailable):
        tls.deliver(fingerprint="0" * 64)
    assert tls.proxy.seen == []


@pytest.mark.parametrize("trust", ["ca_file", "fingerprint"])
def test_a_certificate_for_another_name_never_sees_the_key(trust, ca_file):
    server = Tls("es.example")
    given = {"ca_file": ca_file} if trust == "ca_file" else {"fingerprint": fingerprint(AUTHORITY.cert_pem.bytes())}
    with server.proxy, pytest.raises(StoreUnavailable):
        server.deliver(**given)
    assert server.proxy.seen == []


@pytest.mark.parametrize("trust", ["ca_file", "fingerprint"])
def test_an_expired_certificate_never_sees_the_key(trust, ca_file):
    server = Tls("127.0.0.1", not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2020, 2, 1, tzinfo=UTC))
    given = {"ca_file": ca_file} if trust == "ca_file" else {"fingerprint": fingerprint(AUTHORITY.cert_pem.bytes())}
    with server.proxy, pytest.raises(StoreUnavailable):
        server.deliver(**given)
    assert server.proxy.seen == []
