"""MMDB files for tests."""

import warnings
from pathlib import Path
from typing import Any


def mmdb(folder: Path, name: str, records: dict[str, Any], version: int = 6) -> Path:
    """A real MMDB file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mmdb_writer import MMDBWriter  # noqa: PLC0415 - its import warns
        from netaddr import IPSet  # noqa: PLC0415 - comes with it

        writer = MMDBWriter(ip_version=version, ipv4_compatible=version == 6, database_type=name)
        for network, record in records.items():
            writer.insert_network(IPSet([network]), record)
        writer.to_db_file(str(folder / name))
    return folder / name
