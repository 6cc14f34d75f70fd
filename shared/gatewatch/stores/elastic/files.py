"""The same set-up as files, for who brings templates to a server with tools of their own. ``infra/elastic`` is written from here."""

import msgspec

from ...providers.catalogue import PROVIDERS
from .index_pages import reader_key
from .kibana import detection_rule, saved_objects
from .names import Names
from .roles import KeyRole, api_key, setup_role
from .templates import components, index_templates, pipelines


def files(names: Names) -> dict[str, str]:
    """File name to content, for one installation; JSON for people, one object a line for what Kibana imports."""
    found = {f"component_templates/{name}.json": _pretty(body) for name, body in components(names).items()}
    found |= {f"index_templates/{name}.json": _pretty(body) for name, body in index_templates(names).items()}
    found |= {f"ingest_pipelines/{name}.json": _pretty(body) for name, body in pipelines(names).items()}
    found |= {f"api_key_{role}.json": _pretty(api_key(names, role)) for role in KeyRole}
    found["setup_role.json"] = _pretty(setup_role(names))
    found |= {f"api_key_{one.name}.json": _pretty(reader_key(one.indices, one.name)) for one in PROVIDERS if one.indices}
    found["kibana/detection_rule.ndjson"] = _line(detection_rule(names))
    found["kibana/saved_objects.ndjson"] = "".join(_line(each) for each in saved_objects(names))
    return found


def _pretty(body: object) -> str:
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


def _line(body: object) -> str:
    return msgspec.json.encode(body).decode() + "\n"
