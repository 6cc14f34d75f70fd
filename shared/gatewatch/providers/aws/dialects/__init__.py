"""CloudTrail records as other products and exports write them. The order is that in which a record is compared with them."""

from ...dialect import Dialect
from .flattened import FLATTENED

DIALECTS: tuple[Dialect, ...] = (FLATTENED,)
