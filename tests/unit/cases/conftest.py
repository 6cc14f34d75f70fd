"""The terminal of the command line's own tests."""

from tests.unit.cli.conftest import examples, filled, gatewatch, store

__all__ = ["examples", "filled", "gatewatch", "store"]
