"""The setting that names the tuning file. Hosts add other places for a tuning."""

from ..settings import optional
from ..settings.kinds import TEXT

TUNING_FILE = optional(
    "TUNING_FILE", TEXT, "path of a tuning file (TOML or JSON) that is deployed with the function: the seed of the policy"
)
