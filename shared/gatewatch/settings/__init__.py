"""One reader of settings for both hosts, the command line and the stores. Who owns a setting declares it; only `wiring.py` reads the environment."""

from .configuration import Configuration, SecretSource, by_value
from .field import Field, Kind, Secret, SecretField, Setting, optional, required, setting
from .reader import COMMAND_LINE, Host, SettingProblem, Values, read

__all__ = [
    "COMMAND_LINE",
    "Configuration",
    "Field",
    "Host",
    "Kind",
    "Secret",
    "SecretField",
    "SecretSource",
    "Setting",
    "SettingProblem",
    "Values",
    "by_value",
    "optional",
    "read",
    "required",
    "setting",
]
