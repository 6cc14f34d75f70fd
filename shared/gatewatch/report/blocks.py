"""Filled blocks of playbooks in few bytes: a page holds the text of each block once, an alert only what was filled in.

The text of a block without values is cut at its placeholders. What a filled block has in their places are the alert's values, quoted for
the language; put back in turn they give the filled text, and its lines to paste.
"""

import re
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from .. import pivots
from ..errors import ConfigError

_PLACE = re.compile(r'"?\{[a-z][a-z0-9_]*\}"?')


class BlockForm(Struct, frozen=True, kw_only=True):
    """One block of a rule: ``text`` and each of ``lines`` are what stands between the values, in turn."""

    section: str
    title: str
    language: str
    text: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


class _Known(Struct, frozen=True):
    """A block with its form, and what finds the values in a filled text."""

    block: pivots.Block
    form: BlockForm
    values: re.Pattern[str]


def forms(rule: str) -> list[BlockForm]:
    """The blocks of a rule's playbook; empty for a rule that is gone."""
    return [known.form for known in _known(rule)]


def filled_in(rule: str, values: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """For each block of the rule what stands in its places; a placeholder without a value stays as it is.

    Nothing for a block that is of use only with a value which is missing: it has places, and a page leaves it out.
    """
    return tuple(_of(known, pivots.fill(known.block, values)) for known in _known(rule))


@cache
def _known(rule: str) -> list[_Known]:
    try:
        page = pivots.page(rule)
    except ConfigError:
        return []
    return [_form(block) for block in pivots.blocks(page)]


def _form(block: pivots.Block) -> _Known:
    bare = pivots.fill(block, {})
    parts = tuple(_PLACE.split(bare.text))
    form = BlockForm(
        section=block.section,
        title=block.title,
        language=block.language,
        text=parts,
        lines=tuple(tuple(_PLACE.split(line)) for line in pivots.one_line(bare)),
    )
    return _Known(block, form, re.compile("(.*?)".join(map(re.escape, parts))))


def _of(known: _Known, filled: pivots.Filled) -> tuple[str, ...]:
    if not filled.useful:
        return ()
    found = known.values.fullmatch(filled.text)
    if found is None:
        raise ValueError(f"a filled block is not of its form: {known.block.title}")
    return found.groups()
