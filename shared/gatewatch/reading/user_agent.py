"""The coarse client of a user agent, for history. It has no version, so that an update does not count as a new client."""

import re

_TOOLS = (
    ("aws-cli", "aws-cli"),
    ("boto3", "boto3"),
    ("botocore", "botocore"),
    ("terraform", "terraform"),
    ("pulumi", "pulumi"),
    ("awspowershell", "aws-powershell"),
    ("aws-sdk", "aws-sdk"),
    ("azurecli", "azure-cli"),
    ("azurepowershell", "azure-powershell"),
    ("powershell", "powershell"),
    ("jersey/", "aws-sso-portal"),
    ("python-requests", "python-requests"),
    ("curl/", "curl"),
)
_BROWSERS = (
    ("edg", "edge"),
    ("opr/", "opera"),
    ("opera", "opera"),
    ("samsungbrowser", "samsung"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("mobile safari", "safari"),
    ("safari", "safari"),
    ("trident", "ie"),
    ("msie", "ie"),
    ("ie ", "ie"),
)
_SYSTEMS = (
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("ios", "ios"),
    ("android", "android"),
    ("windows", "windows"),
    ("cros", "chromeos"),
    ("mac", "macos"),
    ("linux", "linux"),
)
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


def client_of(user_agent: str | None) -> str | None:
    """A known tool (``aws-cli``), else browser and system (``chrome/windows``), else the first product name; None when there is none."""
    if not user_agent:
        return None
    text = user_agent[:512].casefold()
    for mark, tool in _TOOLS:
        if mark in text:
            return tool
    browser = _first(_BROWSERS, text)
    if browser is not None:
        return f"{browser}/{_first(_SYSTEMS, text) or 'other'}"
    match = _NAME.match(text)
    return match.group() if match else None


def client_of_device(browser: str | None, system: str | None) -> str | None:
    """The same from the browser and system of Graph's deviceDetail ("Edge 142", "Windows 10"); None without a browser."""
    if not browser:
        return None
    return f"{_first(_BROWSERS, browser[:64].casefold()) or 'other'}/{_first(_SYSTEMS, (system or '')[:64].casefold()) or 'other'}"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for mark, name in table if mark in text), None)
