"""Installs what drives a browser, and in CI the browser itself; says what is missing."""

import sys

from . import BrowserMissing, executable

try:
    print(executable())
except BrowserMissing as missing:
    sys.stderr.write(f"tests of pages will be skipped: {missing}\n")
