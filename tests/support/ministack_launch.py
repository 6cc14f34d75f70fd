"""Starts MiniStack (run by its own environment's python) with the three differences from AWS that a deployment of ours meets mended.

AWS itself emits events of source `aws.*`, which PutEvents refuses; here the test plays AWS. Number parameters reach resources as numbers.
And an alarm on an expression is created as an alarm on the expression's first metric: MiniStack knows no metric math and judges no alarm.
"""

import sys
from typing import Any

from ministack.app import main
from ministack.services import eventbridge
from ministack.services.cloudformation import engine, provisioners

_resolve = engine._resolve_parameters
_alarm = provisioners._cw_metric_alarm_record


def resolve(template: dict[str, Any], *given: Any, **more: Any) -> dict[str, Any]:
    """Parameters, numbers as numbers."""
    found = _resolve(template, *given, **more)
    for name, parameter in (template.get("Parameters") or {}).items():
        value = found.get(name)
        if parameter.get("Type") == "Number" and isinstance(value, dict) and str(value.get("Value", "")).isdigit():
            value["Value"] = int(value["Value"])
    return found


def alarm(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An alarm on one metric."""
    first = next((each["MetricStat"] for each in properties.get("Metrics", ()) if "MetricStat" in each), None)
    if first is not None:
        rest = {key: value for key, value in properties.items() if key != "Metrics"}
        properties = rest | first["Metric"] | {"Period": first["Period"], "Statistic": first["Stat"]}
    return _alarm(name, properties)


provisioners._cw_metric_alarm_record = alarm
eventbridge._put_events.__defaults__ = (True,)
for module in list(sys.modules.values()):
    if (
        getattr(module, "__name__", "").startswith("ministack.services.cloudformation")
        and getattr(module, "_resolve_parameters", None) is _resolve
    ):
        module._resolve_parameters = resolve

if __name__ == "__main__":
    main()
