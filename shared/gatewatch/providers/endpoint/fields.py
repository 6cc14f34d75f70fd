"""The fields of a process start beside ECS."""

from ..field import MappedField, rows

_PROCESS = rows(
    "gatewatch",
    """
gatewatch.process.tool           keyword  Which cloud command line authenticates
gatewatch.process.pattern        keyword  Which published pattern matches
gatewatch.process.obfuscated     boolean  The command line was hidden
""",
)


def mapping() -> tuple[MappedField, ...]:
    """Every field beside ECS."""
    return _PROCESS
