"""Starts MiniStack (run by its own environment's python) with the two differences from AWS that a deployment of ours meets mended.

AWS itself emits events of source `aws.*`, which PutEvents refuses; here the test plays AWS. And Number parameters reach resources as numbers.
"""

import sys
from typing import Any

from ministack.app import main
from ministack.services import eventbridge
from ministack.services.cloudformation import engine

_resolve = engine._resolve_parameters


def resolve(template: dict[str, Any], *given: Any, **more: Any) -> dict[str, Any]:
    """Parameters, numbers as numbers."""
    found = _resolve(template, *given, **more)
    for name, parameter in (template.get("Parameters") or {}).items():
        value = found.get(name)
        if parameter.get("Type") == "Number" and isinstance(value, dict) and str(value.get("Value", "")).isdigit():
            value["Value"] = int(value["Value"])
    return found


eventbridge._put_events.__defaults__ = (True,)
for module in list(sys.modules.values()):
    if (
        getattr(module, "__name__", "").startswith("ministack.services.cloudformation")
        and getattr(module, "_resolve_parameters", None) is _resolve
    ):
        module._resolve_parameters = resolve

if __name__ == "__main__":
    main()
