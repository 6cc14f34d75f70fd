"""The one place of the command line that reads the environment."""

import os
import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..geo import GATEWATCH_GEO, open_geo
from ..notify import settings as notify
from ..notify.links import Links
from ..ports import Geo, Store
from ..providers.catalogue import BY_ID
from ..settings import Configuration, Setting, read
from ..stores.open import GATEWATCH_STORE, STORES, kind_of, open_store
from ..tuning import Tuning
from . import profiles
from .screen import Screen

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS: tuple[Setting, ...] = (
    GATEWATCH_STORE,
    *(one for kind in STORES for one in (*kind.settings, *kind.personal)),
    GATEWATCH_GEO,
    *notify.LINKS,
)
DEFAULT_STORE = "sqlite:gatewatch.sqlite"


def environment() -> Mapping[str, str]:
    """The process's environment, and below it the profile of the person's settings file; raises ``ConfigError`` for a file that is wrong."""
    return ChainMap(dict(os.environ), profiles.chosen(os.environ, SETTINGS))


def settings_file() -> Path:
    """The settings file of this command line, there or not."""
    return profiles.chosen_file(os.environ)


def now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)


def store_name(url: str | None, settings: Mapping[str, str]) -> str:
    """The store that ``--store`` names, else GATEWATCH_STORE, else a SQLite file in the current folder."""
    return url or settings.get(GATEWATCH_STORE.name, "").strip() or DEFAULT_STORE


def store(url: str | None, settings: Mapping[str, str]) -> Store:
    """That store, opened.

    Raises:
        ConfigError: the string names no store, or Elasticsearch is named and its settings are wrong.
        StoreUnavailable: the store cannot be reached.
    """
    chosen = store_name(url, settings)
    kind = kind_of(chosen)
    return open_store(chosen, Configuration(read((*kind.settings, *kind.personal), settings)))


def geo(files: str | None) -> Geo | None:
    """The MMDB files that ``--geo`` names, else those of the settings; raises ``ConfigError`` for one that cannot be read."""
    return open_geo(files or read((GATEWATCH_GEO,), environment())[GATEWATCH_GEO])


def geo_files(files: str | None) -> str | None:
    """The names of those files, for programs that open them elsewhere."""
    return files or read((GATEWATCH_GEO,), environment())[GATEWATCH_GEO]


@contextmanager
def spark() -> "Iterator[SparkSession]":
    """The Spark of the platform, else a local one whose tasks run in this very Python."""
    from ..engines.spark.session import is_local, session  # noqa: PLC0415 - needs the extra spark

    if is_local(os.environ):
        os.environ["PYSPARK_PYTHON"] = sys.executable
    with session(os.environ, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) as found:
        yield found


def links() -> Links:
    """The operator's pages, from the settings; raises ``ConfigError``."""
    return notify.links(Configuration(read(notify.LINKS, environment())))


def existing_store(url: str | None, settings: Mapping[str, str]) -> Store:
    """The same for who only reads: a SQLite file that is not there is a mistake, not a new store.

    Raises:
        ConfigError: as ``store``, or the file is not there.
        StoreUnavailable: the store cannot be reached.
    """
    chosen = store_name(url, settings)
    scheme, _, file = chosen.partition(":")
    if scheme == "sqlite" and not Path(file).is_file():
        raise ConfigError(f"{file} is not there: gatewatch replay makes one, --store names another")
    return store(chosen, settings)


def tuning(path: str | None, screen: Screen) -> Tuning:
    """The tuning file of ``--tuning``; a broken part is reported on standard error and never matches; detection goes on.

    Raises:
        ConfigError: the file is not there.
    """
    loaded, problems = read_tuning("--tuning", path)
    for problem in problems:
        screen.note(f"tuning: {problem}")
    return loaded


def right_tuning(option: str, path: str | None) -> Tuning:
    """The tuning file of this option, for who compares: what is compared must be all of it.

    Raises:
        ConfigError: the file is not there, or has errors.
    """
    loaded, problems = read_tuning(option, path)
    if problems:
        raise ConfigError(*(f"{option}: {problem}" for problem in problems))
    return loaded


def read_tuning(option: str, path: str | None) -> tuple[Tuning, tuple[str, ...]]:
    """The tuning file of this option and its errors; no file is the default tuning. Raises ``ConfigError`` when it is not there."""
    if path is None:
        return Tuning(), ()
    from ..tuning.file import load  # noqa: PLC0415 - most runs have none

    where = Path(path)
    if not where.is_file():
        raise ConfigError(f"{option}: {path} is not a file")
    return load(where, path, rules=BY_ID)
