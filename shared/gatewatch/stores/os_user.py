"""The user of this process, as the operating system knows it: no environment variable can change the answer."""

import os


def os_user() -> str | None:
    """The name of the user, or the user id where it has no name; None where the system does not say."""
    try:
        import pwd  # noqa: PLC0415 - not on Windows
    except ImportError:
        return _windows_user()
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as a user without an entry
        return str(number)


def _windows_user() -> str | None:
    try:
        return os.getlogin()
    except OSError:
        return None
