"""The two hosts as part of this package, for the commands that they bring.

The wheel holds their folders here, so that it adds one name to an environment. In a checkout they lie beside the library, where the
clouds' tools want them; there this package looks for them.
"""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]
if (_CHECKOUT / "pyproject.toml").is_file():
    __path__.append(str(_CHECKOUT))
