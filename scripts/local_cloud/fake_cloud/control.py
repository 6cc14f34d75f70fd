"""The fake's own API, for who plants a fault or a record from outside: JSON over HTTP, beside what the vendors' clients see."""

import dataclasses
from typing import Any

from aiohttp import web

from .faults import status
from .graph import GraphState


def routes(state: GraphState) -> list[web.RouteDef]:
    """``GET`` and ``PATCH /control/tenant``, ``POST`` and ``DELETE /control/records/RESOURCE``, ``POST /control/faults/RESOURCE``."""

    async def tenant(request: web.Request) -> web.Response:
        if request.method == "PATCH":
            changes = await request.json()
            unknown = set(changes) - {one.name for one in dataclasses.fields(state.tenant)}
            if unknown:
                return web.json_response({"unknown": sorted(unknown)}, status=400)
            for name, value in changes.items():
                setattr(state.tenant, name, value)
        return web.json_response(dataclasses.asdict(state.tenant))

    async def records(request: web.Request) -> web.Response:
        resource = request.match_info["resource"]
        if request.method == "DELETE":
            state.shown[resource].clear()
        else:
            state.add(resource, *(await request.json()))
        return web.json_response({"records": len(state.shown[resource])})

    async def faults(request: web.Request) -> web.Response:
        planned: list[dict[str, Any]] = await request.json()
        state.fail(request.match_info["resource"], *(status(one["status"], one.get("retry_after")) for one in planned))
        return web.json_response({"planned": len(planned)})

    return [
        web.get("/control/tenant", tenant),
        web.patch("/control/tenant", tenant),
        web.post("/control/records/{resource}", records),
        web.delete("/control/records/{resource}", records),
        web.post("/control/faults/{resource}", faults),
    ]
