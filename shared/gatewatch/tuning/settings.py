"""The setting of the tuning file. Hosts add where else a tuning may lie."""

from ..settings import optional
from ..settings.kinds import TEXT

TUNING_FILE = optional("TUNING_FILE", TEXT, "a tuning file (TOML or JSON) beside the function")
