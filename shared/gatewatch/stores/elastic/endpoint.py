"""Where Elasticsearch is and how its certificate is checked: a URL or a Cloud ID, a CA file or a fingerprint. Never unverified."""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import socket
import ssl
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from msgspec import Struct

from ...errors import ConfigError, StoreUnavailable


class Authorization:
    """An ``Authorization`` header that no ``repr``, log or traceback shows."""

    __slots__ = ("_header",)

    def __init__(self, header: str) -> None:
        if not header.isascii() or not header.isprintable():
            raise ConfigError("the Elasticsearch credential holds characters that no header can carry (a line break at its end?)")
        self._header = header

    @classmethod
    def api_key(cls, encoded: str) -> "Authorization":
        """From an API key in its encoded form (base64 of ``id:key``), or as ``id:key``."""
        encoded = encoded.strip()
        if not encoded:
            raise ConfigError("the Elasticsearch API key is empty")
        if ":" in encoded:
            encoded = base64.b64encode(encoded.encode()).decode()
        return cls(f"ApiKey {encoded}")

    @classmethod
    def basic(cls, user: str, password: str) -> "Authorization":
        """From a user's name and password: for set-up, and for an OpenSearch, which has no API keys."""
        return cls("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())

    @classmethod
    def user(cls, text: str) -> "Authorization":
        """From ``user:password``."""
        user, colon, password = text.strip().partition(":")
        if not user or not colon or not password:
            raise ConfigError("the credential of an OpenSearch must be user:password")
        return cls.basic(user, password)

    def header(self) -> str:
        """The header's value."""
        return self._header

    def __repr__(self) -> str:
        return "Authorization(***)"


class KeyFromSource(Authorization):
    """A credential that is read from its source with every request, the first time when it is needed."""

    __slots__ = ("_made", "_source")

    def __init__(self, source: Callable[[], str], made: Callable[[str], Authorization] = Authorization.api_key) -> None:
        super().__init__("")
        self._source, self._made = source, made

    def header(self) -> str:
        """The header's value; raises ``StoreUnavailable`` when the text is no key: it is read again with the next request."""
        try:
            return self._made(self._source()).header()
        except ConfigError as error:
            raise StoreUnavailable(str(error)) from None


class Endpoint(Struct, frozen=True, kw_only=True):
    """A checked address. ``fingerprint`` is the SHA-256, in hex, of a certificate in the server's chain (what Elasticsearch prints)."""

    host: str
    port: int
    tls: bool = True
    prefix: str = ""  # path of a reverse proxy, without a slash at its end
    ca_file: str | None = None
    fingerprint: str | None = None
    proxy: str | None = None  # http://host:port; TLS goes through it unbroken, so the server's certificate is verified all the same

    @property
    def url(self) -> str:
        """For people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.prefix}"


def endpoint(
    url: str = "", *, cloud_id: str = "", ca_file: str | None = None, fingerprint: str | None = None, proxy: str | None = None
) -> Endpoint:
    """An endpoint from settings; raises ``ConfigError`` that never quotes what may hold a password."""
    if proxy and fingerprint:
        raise ConfigError("behind a proxy the certificate is checked by a CA file, not by its fingerprint")
    if bool(url) == bool(cloud_id):
        raise ConfigError("name Elasticsearch by its URL or by its Cloud ID, one of the two")
    parts = urlsplit(_cloud_url(cloud_id) if cloud_id else url.strip())
    try:
        port = parts.port
    except ValueError as error:
        raise ConfigError("the port in the Elasticsearch URL is no number up to 65535") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("the Elasticsearch URL must start with https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the Elasticsearch URL must not hold a user or password; give an API key")
    if parts.query or parts.fragment:
        raise ConfigError("the Elasticsearch URL must end after its path")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise ConfigError("the Elasticsearch URL must be https; plain http is for a server on this machine only")
    return Endpoint(
        host=parts.hostname,
        port=port or {"http": 9200, "https": 443}[parts.scheme],
        tls=parts.scheme == "https",
        prefix=parts.path.rstrip("/"),
        ca_file=ca_file or None,
        fingerprint=_fingerprint(fingerprint) if fingerprint else None,
        proxy=proxy or None,
    )


def _cloud_url(cloud_id: str) -> str:
    """``name:base64(host$elasticsearch$kibana)``, where the host may carry a port."""
    _, _, coded = cloud_id.strip().rpartition(":")
    try:
        host, cluster, *_ = base64.b64decode(coded, validate=True).decode("ascii").split("$")
    except (binascii.Error, ValueError) as error:
        raise ConfigError("the Cloud ID is not what Elastic Cloud shows (name:base64)") from error
    name, _, port = host.partition(":")
    return f"https://{cluster}.{name}:{port or 443}"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fingerprint(written: str) -> str:
    digits = written.replace(":", "").replace(" ", "").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise ConfigError("the certificate fingerprint must be 64 hex digits (SHA-256)")
    return digits


def tls_context(target: Endpoint, timeout_seconds: float) -> ssl.SSLContext:
    """The context that verifies this server.

    Raises:
        ConfigError: the CA file cannot be read.
        OSError: the server cannot be asked for its chain, or the chain holds no such fingerprint.
    """
    if target.fingerprint is not None:
        pem = ssl.DER_cert_to_PEM_cert(_pinned(target, target.fingerprint, timeout_seconds))
        return _lenient(ssl.create_default_context(cadata=pem))
    try:
        context = ssl.create_default_context(cafile=target.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the CA file {target.ca_file} cannot be read as certificates") from error
    return _lenient(context) if target.ca_file else context


def _lenient(context: ssl.SSLContext) -> ssl.SSLContext:
    """Private authorities (elasticsearch-certutil among them) leave out extensions that RFC 5280 asks for; the chain is verified all the same."""
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _chain(shown: ssl.SSLSocket) -> list[bytes]:
    """The certificates that the server shows, the server's own first."""
    if sys.version_info >= (3, 13):
        return shown.get_unverified_chain()
    certificates = shown._sslobj.get_unverified_chain()  # type: ignore[attr-defined] # noqa: SLF001 - public from 3.13 on
    return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in certificates]


def _pinned(target: Endpoint, fingerprint: str, timeout_seconds: float) -> bytes:
    """The certificate with this fingerprint, from the chain the server shows; it becomes the only trust anchor. Nothing is sent."""
    look = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    look.check_hostname = False
    look.verify_mode = ssl.CERT_NONE  # only to read the chain: the connection is closed before anything is said
    with (
        socket.create_connection((target.host, target.port), timeout=timeout_seconds) as plain,
        look.wrap_socket(plain, server_hostname=target.host) as shown,
    ):
        for certificate in _chain(shown):
            if hmac.compare_digest(hashlib.sha256(certificate).hexdigest(), fingerprint):
                return certificate
    raise ssl.SSLCertVerificationError("no certificate of the server has the pinned fingerprint")
