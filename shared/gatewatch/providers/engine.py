"""The engine: the rules, their points and the schema of this release, in a form that two hosts of different releases can compare."""

import hashlib
from functools import cache

import msgspec
from msgspec import Struct

from ..model import SCHEMA_VERSION
from .catalogue import BY_ID, CATALOGUE_ORDER

ENGINE_NUMBER = 1
"""Grows with every release whose rules, points or schema differ. A higher number is newer; of equal numbers the larger digest counts as newer."""


class Engine(Struct, frozen=True, order=True, array_like=True):
    """Engines are ordered: every writer agrees which of two is the newer one."""

    number: int
    digest: str


@cache
def this_engine() -> Engine:
    """The engine of this program."""
    points = [[rule_id, [example.points for example in BY_ID[rule_id].examples]] for rule_id in CATALOGUE_ORDER]
    body = msgspec.json.encode([SCHEMA_VERSION, points])
    return Engine(ENGINE_NUMBER, hashlib.sha256(body).hexdigest()[:16])
