"""Endpoint rows of the field table: the fields that ECS does not have."""

from ..field import MappedField, rows

_PROCESS = rows(
    "gatewatch",
    """
gatewatch.process.tool           keyword  Login command of a cloud command line, found in precise mode
gatewatch.process.pattern        keyword  Published pattern, found in wildcard mode
gatewatch.process.obfuscated     boolean  The login was hidden by encoding, broken words or string concatenation
""",
)


def mapping() -> tuple[MappedField, ...]:
    """Every field that ECS does not have."""
    return _PROCESS
