"""Endpoint rows of the field table: the fields that ECS does not have."""

from ..field import MappedField, rows

_PROCESS = rows(
    "gatewatch",
    """
gatewatch.process.tool           keyword  Login command of a cloud command line, found in precise mode
gatewatch.process.kind           keyword  login, token or attack: what the row of the tool table says
gatewatch.process.family         keyword  The tool as familiarity counts it
gatewatch.process.origin         keyword  start, script, cmdlet, connection or file: what the event is
gatewatch.process.listing        keyword  A call that lists what a session may see; no login
gatewatch.process.target         keyword+long  Domain of a connection, or path of a changed credential file
gatewatch.process.beside         keyword  Listing calls, connections and changed credential files within 15 minutes of the login
gatewatch.process.pattern        keyword  Published pattern, found in wildcard mode
gatewatch.process.obfuscated     boolean  The login was hidden by encoding, broken words or string concatenation
gatewatch.process.access_keys    keyword  Ids of AWS access keys on the command line; never a secret
""",
)


def mapping() -> tuple[MappedField, ...]:
    """Every field that ECS does not have."""
    return _PROCESS
