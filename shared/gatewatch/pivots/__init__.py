"""From an alert to what a responder runs next: the blocks of its playbook, filled in and quoted for their language."""

from .one_line import one_line
from .page import Block, blocks, page, rewritten
from .render import Filled, fill
from .values import values

__all__ = ["Block", "Filled", "blocks", "fill", "one_line", "page", "rewritten", "values"]
