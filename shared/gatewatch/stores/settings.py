"""Where evidence and alerts go: the settings of every store. They stand apart from the stores, so that declaring one imports none."""

from ..settings import Kind, Secret, SecretField, Setting, optional, setting
from ..settings.kinds import TEXT, URL, matching
from .namespace import NAMESPACE_FORM, NAMESPACE_PATTERN

ELASTIC_URL = optional("ELASTIC_URL", URL, "address of Elasticsearch 8.19 or later, Elastic Cloud or Serverless")
ELASTIC_CLOUD_ID = optional("ELASTIC_CLOUD_ID", TEXT, "Cloud ID as Elastic Cloud shows it, instead of `ELASTIC_URL`")
ELASTIC_API_KEY = SecretField(
    name="ELASTIC_API_KEY",
    reference="ELASTIC_API_KEY_SECRET_ARN",
    kind=TEXT,
    help="API key that `gatewatch elastic setup --new-key` makes, encoded (base64) or as id:key",
)
ELASTIC_CA_FILE = optional("ELASTIC_CA_FILE", TEXT, "file with the certificate authority, where it is a private one")
ELASTIC_CA_FINGERPRINT = optional(
    "ELASTIC_CA_FINGERPRINT",
    matching(r"[A-Fa-f0-9]{64}|([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}", "64 hexadecimal digits (SHA-256)"),
    "or the SHA-256 fingerprint of its certificate, as Elasticsearch prints it",
)
ELASTIC_NAMESPACE = setting(
    "ELASTIC_NAMESPACE",
    matching(NAMESPACE_PATTERN, NAMESPACE_FORM),
    "default",
    "name of this installation: every index of it carries it, and two installations on one server know nothing of each other",
)
ELASTIC: tuple[Setting, ...] = (
    ELASTIC_URL,
    ELASTIC_CLOUD_ID,
    ELASTIC_API_KEY,
    ELASTIC_CA_FILE,
    ELASTIC_CA_FINGERPRINT,
    ELASTIC_NAMESPACE,
)

ELASTIC_PRODUCT = setting(
    "ELASTIC_PRODUCT",
    matching("elasticsearch|opensearch", "elasticsearch or opensearch"),
    "elasticsearch",
    "what answers at the address; the credential of an OpenSearch is a user as user:password",
)
ELASTIC_PROXY = optional(
    "ELASTIC_PROXY", matching(r"http://[A-Za-z0-9.-]+:\d{1,5}", "http://host:port"), "proxy through which Elasticsearch is reached"
)
ELASTIC_NETWORK: tuple[Setting, ...] = (ELASTIC_PRODUCT, ELASTIC_PROXY)
"""For a host in a private network. Hosts that do not read them reach an Elasticsearch directly."""

ELASTIC_USERNAME = optional("ELASTIC_USERNAME", TEXT, "user name, for set-up only: a key cannot make keys with rights of their own")
ELASTIC_PASSWORD = setting("ELASTIC_PASSWORD", Kind(form="text", parse=Secret), Secret(), "password of that user")
KIBANA_URL = optional(
    "KIBANA_URL", URL, "address of Kibana, with `/s/SPACE` for a space of its own: where `gatewatch elastic kibana push` writes"
)
ELASTIC_PERSONAL: tuple[Setting, ...] = (ELASTIC_USERNAME, ELASTIC_PASSWORD, KIBANA_URL)
