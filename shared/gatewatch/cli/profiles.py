"""The settings file of a person: profiles of settings below the environment. It is never read from the current folder, where others may write."""

import os
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import ConfigError
from ..settings import SecretField, Setting

NAME = "settings.toml"
_PARTS = frozenset({"profile", "profiles"})
_COMMAND_SECONDS = 60


class Choice(NamedTuple):
    """What the options before the command say: a settings file and a profile in it. None: the person's own file, its own choice."""

    file: str | None = None
    profile: str | None = None


_OWN = Choice()
CHOICE = ContextVar("choice", default=_OWN)
"""The choice of this command line."""

_READ: ContextVar[dict[str, str] | None] = ContextVar("read", default=None)  # what this command line has read: a secret's command runs once


def choose(choice: Choice) -> None:
    """Take this choice from here on; what was read before it counts no more."""
    CHOICE.set(choice)
    _READ.set(None)


def default_path(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where a person's settings file lies: gatewatch in %APPDATA%, in $XDG_CONFIG_HOME or in ~/.config."""
    if platform == "win32" and environment.get("APPDATA"):
        return Path(environment["APPDATA"], "gatewatch", NAME)
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config", "gatewatch", NAME)


def chosen_file(environment: Mapping[str, str]) -> Path:
    """The settings file of this command line, there or not."""
    asked = CHOICE.get().file
    return default_path(environment) if asked is None else Path(asked)


def chosen(environment: Mapping[str, str], settings: Iterable[Setting]) -> dict[str, str]:
    """The settings that this command line's file and profile give, by variable name; see ``read``."""
    found = _READ.get()
    if found is None:
        choice = CHOICE.get()
        found = read(chosen_file(environment), choice.profile, settings, asked=choice != _OWN)
        _READ.set(found)
    return found


def read(file: Path, profile: str | None, settings: Iterable[Setting], *, asked: bool) -> dict[str, str]:
    """The settings of one profile by variable name; without a name the file's own ``profile``. Empty when there is no file and none was asked for.

    Raises:
        ConfigError: the file or the profile is not there, the file is not TOML, or it names a setting that is unknown or a secret in clear.
    """
    if not file.is_file():
        if asked:
            raise ConfigError(f"{file} is not there: gatewatch init writes one")
        return {}
    import tomllib  # noqa: PLC0415 - most people have no such file

    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not a TOML file: {error}") from None
    if unknown := sorted(set(content) - _PARTS):
        raise ConfigError(f"{file}: {unknown[0]} is not known here; settings stand in [profiles.NAME]")
    profiles = content.get("profiles", {})
    name = profile or content.get("profile")
    if name is None:
        return {}
    if not isinstance(profiles, dict) or not isinstance(profiles.get(name), dict):
        known = ", ".join(sorted(profiles)) if isinstance(profiles, dict) else ""
        raise ConfigError(f"{file} has no [profiles.{name}]{f'; it has {known}' if known else ''}")
    return _values(profiles[name], f"{file}, profile {name}", {one.name: one for one in settings})


def _values(given: Mapping[str, Any], where: str, known: Mapping[str, Setting]) -> dict[str, str]:
    problems, values = [], {}
    for name, value in given.items():
        try:
            values[name] = _value(name, value, known)
        except ValueError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise ConfigError(*problems)
    return values


def _value(name: str, value: object, known: Mapping[str, Setting]) -> str:
    if name not in known:
        import difflib  # noqa: PLC0415 - most people have no such file

        near = difflib.get_close_matches(name.upper(), known, 1)
        raise ValueError(f"{name} is no setting of the command line{f'; did you mean {near[0]}?' if near else ''}")
    if isinstance(known[name], SecretField):
        if not isinstance(value, dict) or len(value) != 1:
            raise ValueError(f'{name} is a secret: name where it is kept, {{ file = "PATH" }} or {{ command = ["PROGRAM", "ARGUMENT"] }}')
        return _secret(name, value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{name} must be text or a number")


def _secret(name: str, value: Mapping[str, object]) -> str:
    """The text that a file or a command gives. Neither the text nor what the command printed is ever quoted."""
    match value:
        case {"file": str(path)}:
            try:
                return Path(path).expanduser().read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"{name}: {path} cannot be read ({type(error).__name__})") from None
        case {"command": [str(program), *arguments]} if all(isinstance(word, str) for word in arguments):
            import subprocess  # noqa: PLC0415 - most people have no such file

            try:
                argv = [program, *map(str, arguments)]
                done = subprocess.run(argv, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=True)  # noqa: S603 - the person's own file names it
            except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
                raise ValueError(f"{name}: the command {program} failed ({type(error).__name__})") from None
            return done.stdout.strip()
        case _:
            raise ValueError(f'{name} takes {{ file = "PATH" }} or {{ command = ["PROGRAM", "ARGUMENT"] }}')


def template(settings: Iterable[Setting]) -> str:
    """A new settings file: one profile, with every setting as a comment and what it means."""
    lines = [
        "# Settings of the gatewatch command. A variable of the environment wins over this file, an option over both.",
        "# gatewatch --profile NAME chooses another profile, gatewatch --config FILE another file.",
        'profile = "default"',
        "",
        "[profiles.default]",
    ]
    for one in settings:
        lines += [f"# {one.help}", f"# {one.name} = {'{ file = "PATH" }' if isinstance(one, SecretField) else '""'}"]
    return "\n".join(lines) + "\n"


def write(file: Path, text: str) -> None:
    """Write a new file that only its owner may read.

    Raises:
        ConfigError: there is one already.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{file} is there already; edit it, or name another with --config") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
