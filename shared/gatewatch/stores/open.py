"""Every store, and a store from the one string that names it. Only the store that is named gets imported."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from ..errors import ConfigError
from ..ports import Store
from ..settings import Configuration, Kind, Setting, SettingProblem, Values, optional
from .settings import ELASTIC, ELASTIC_API_KEY, ELASTIC_CLOUD_ID, ELASTIC_PERSONAL, ELASTIC_URL

type Remaining = Callable[[], float]
"""How many seconds the caller still has."""


class StoreKind(Struct, frozen=True, kw_only=True):
    """One kind of store. ``form`` is how a string names one; ``open`` gets that string, the settings and the caller's time."""

    name: str
    form: str
    help: str
    schemes: tuple[str, ...]
    open: Callable[[str, Configuration | None, Remaining | None], Store]
    settings: tuple[Setting, ...] = ()
    personal: tuple[Setting, ...] = ()  # what a person at the command line may give beside
    own: bool = False  # of the people at the command line: they apply their responses themselves, no host does it for them


def _memory(_url: str, _configuration: Configuration | None, _remaining: Remaining | None) -> Store:
    from .memory import MemoryStore  # noqa: PLC0415 - a function that uses Elasticsearch need not import it

    return MemoryStore()


def _sqlite(url: str, _configuration: Configuration | None, _remaining: Remaining | None) -> Store:
    from .sqlite import SqliteStore  # noqa: PLC0415 - sqlite3 is loaded only where it is used

    return SqliteStore(url.partition(":")[2])


def _elastic(url: str, configuration: Configuration | None, remaining: Remaining | None) -> Store:
    if configuration is None:
        raise ConfigError(f"{url} is Elasticsearch: it needs a key as well, see gatewatch.stores.open.configured_store")
    from .elastic.settings import elastic_store  # noqa: PLC0415 - as above

    return elastic_store(configuration, url, remaining=remaining)


STORES: tuple[StoreKind, ...] = (
    StoreKind(name="memory", form="memory:", help="nothing is kept", schemes=("memory",), open=_memory, own=True),
    StoreKind(name="SQLite", form="sqlite:FILE", help="one file on one machine", schemes=("sqlite",), open=_sqlite, own=True),
    StoreKind(
        name="Elasticsearch",
        form="https://HOST",
        help="the index that both clouds share",
        schemes=("https", "http"),
        open=_elastic,
        settings=ELASTIC,
        personal=ELASTIC_PERSONAL,
    ),
)
FORMS = ", ".join(kind.form for kind in STORES[:-1]) + f" or {STORES[-1].form}"
SETTINGS: tuple[Setting, ...] = tuple(one for kind in STORES for one in kind.settings)


def kind_of(url: str) -> StoreKind:
    """The kind of store that a string names; raises ``ConfigError`` when it names none."""
    scheme, _, rest = url.partition(":")
    for kind in STORES:
        if scheme in kind.schemes and (rest or kind.form.endswith(":")):
            return kind
    raise ConfigError(f"unknown store {scheme!r}: say {FORMS}")


def open_store(url: str, configuration: Configuration | None = None, *, remaining: Remaining | None = None) -> Store:
    """The store that a string names.

    Raises:
        ConfigError: the string names no store, the file is not one of ours, or Elasticsearch is named without its settings.
        StoreUnavailable: the file cannot be opened.
    """
    return kind_of(url).open(url, configuration, remaining)


def _named(text: str) -> str:
    try:
        kind_of(text)
    except ConfigError:
        raise ValueError from None
    return text


GATEWATCH_STORE = optional(
    "GATEWATCH_STORE", Kind(form=FORMS, parse=_named), f"a store by its name ({FORMS}), instead of the Elasticsearch at `ELASTIC_URL`"
)


def is_named(values: Values) -> Iterator[SettingProblem]:
    """A check of settings: a host without a store gets a problem that names the setting."""
    if values.given(GATEWATCH_STORE):
        return
    if not values.given(ELASTIC_URL) and not values.given(ELASTIC_CLOUD_ID):
        yield SettingProblem(ELASTIC_URL, "is not set: where evidence and alerts go (or GATEWATCH_STORE=sqlite:FILE for a local run)")
    if not values.given(ELASTIC_API_KEY):
        yield SettingProblem(ELASTIC_API_KEY, f"is not set: {ELASTIC_API_KEY.help}")


def configured_store(configuration: Configuration, *, remaining: Remaining | None = None) -> Store:
    """The store of ``GATEWATCH_STORE``, else the Elasticsearch of ``ELASTIC_URL``. Raises as ``open_store``."""
    named = configuration[GATEWATCH_STORE]
    return open_store(named, configuration, remaining=remaining) if named else _elastic("", configuration, remaining)
