"""The same set-up as files, for who brings templates to a server with tools of their own. ``infra/elastic`` is written from here."""

import msgspec

from ...providers.catalogue import PROVIDERS
from .index_pages import reader_key
from .kibana import data_views, detection_rule
from .templates import components, function_key, index_templates, setup_role


def files() -> dict[str, str]:
    """File name to content; JSON for people, one object a line for what Kibana imports."""
    found = {f"component_templates/{name}.json": _pretty(body) for name, body in components().items()}
    found |= {f"index_templates/{name}.json": _pretty(body) for name, body in index_templates().items()}
    found["api_key.json"] = _pretty(function_key())
    found["setup_role.json"] = _pretty(setup_role())
    found |= {f"api_key_{one.name}.json": _pretty(reader_key(one.indices, one.name)) for one in PROVIDERS if one.indices}
    found["kibana/detection_rule.ndjson"] = _line(detection_rule())
    found["kibana/data_views.ndjson"] = "".join(_line(view) for view in data_views())
    return found


def _pretty(body: object) -> str:
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


def _line(body: object) -> str:
    return msgspec.json.encode(body).decode() + "\n"
