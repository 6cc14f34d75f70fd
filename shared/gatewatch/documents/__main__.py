"""Prints docs/index.md."""

import sys

from .reference import page

sys.stdout.write(page())
