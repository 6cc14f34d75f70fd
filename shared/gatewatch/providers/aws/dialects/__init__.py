"""CloudTrail records as other products and exports write them. The order is that in which a record is compared with them."""

from ...dialect import Dialect
from .elastic import ELASTIC
from .flattened import FLATTENED
from .inside import INSIDE, PREFIXED
from .logstash import LOGSTASH
from .ocsf import OCSF
from .sentinel import SENTINEL, SENTINEL_LOCAL
from .structs import STRUCTS

DIALECTS: tuple[Dialect, ...] = (OCSF, ELASTIC, LOGSTASH, PREFIXED, INSIDE, SENTINEL, SENTINEL_LOCAL, FLATTENED, STRUCTS)
