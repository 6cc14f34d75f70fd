"""Microsoft's Azure Functions Python runtime, driven without a host: indexes a v2 function app and fires its timers.

In this process::

    with FunctionsRuntime(folder_with_host_json, environment) as runtime:
        runtime.fire("poll_sign_ins")

or in a child, which a test may kill::

    child = start_child(folder, environment, "poll_sign_ins")

What it leaves out is the host's: schedules, the singleton lock, %SETTING% substitution, retries.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import types
import uuid
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

import azure_functions_runtime as runtime
from azure_functions_runtime import native_invocation
from azure_functions_runtime.bindings.datumdef import Datum

TIMER = {
    "Schedule": {"AdjustForDST": True},
    "ScheduleStatus": {
        "Last": "2026-01-01T00:00:00+00:00",
        "Next": "2026-01-01T00:05:00+00:00",
        "LastUpdated": "2026-01-01T00:00:00+00:00",
    },
    "IsPastDue": False,
}
MESSAGES = [
    "WorkerInitResponse",
    "WorkerMetadata",
    "RpcFunctionMetadata",
    "RpcRetryOptions",
    "FunctionMetadataResponse",
    "FunctionLoadResponse",
    "InvocationResponse",
    "ParameterBinding",
    "TypedData",
    "RpcHttp",
]


class Invocation(NamedTuple):
    """What the host would learn of one run."""

    ok: bool
    error: str
    trace: str


class _Message(types.SimpleNamespace):
    """Stands in for a protobuf message: unset fields are None."""

    def __getattr__(self, name: str) -> Any:
        return None


def _protocol() -> Any:
    """The few message types the runtime asks for, as plain classes (its native invocation path needs no protobuf)."""
    status = type("StatusResult", (_Message,), {"Failure": 0, "Success": 1, "Cancelled": 2})
    binding = type("BindingInfo", (_Message,), {"undefined": 0, "string": 1, "binary": 2, "stream": 3, "in": 0, "out": 1, "inout": 2})
    return types.SimpleNamespace(
        StatusResult=status,
        RpcException=type("RpcException", (_Message,), {}),
        BindingInfo=binding,
        **{name: type(name, (_Message,), {}) for name in MESSAGES},
    )


class _Request:
    def __init__(self, protocol: Any, **fields: Any) -> None:
        self.request = _Message(**fields)
        self.properties = {"host": "127.0.0.1", "protos": protocol}


class FunctionsRuntime:
    """One worker. The runtime keeps its functions in module state, so only one app at a time lives in a process."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._scope = ExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="functions-runtime", daemon=True)
        self._functions: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._scope.enter_context(self.settings(self._environment))
        self._thread.start()
        runtime.start_threadpool_executor()
        self._functions = self._wait(self._index())
        return self

    def __exit__(self, *_: object) -> None:
        runtime.stop_threadpool_executor()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._scope.close()

    @contextmanager
    def settings(self, settings: Mapping[str, str]) -> Iterator[None]:
        """App settings for as long as the context lives; ``set`` within it is undone with it.

        A host begins a worker anew for another app's settings, so the credentials that this process kept are forgotten: a cloud that gets
        the port of a former one does not know its tokens.
        """
        before = dict(os.environ)
        self.set(settings)
        if kept := sys.modules.get("azure_function.clients"):
            kept.credential.cache_clear()
            kept.application.cache_clear()
        try:
            yield
        finally:
            for name in os.environ.keys() - before.keys():
                del os.environ[name]
            os.environ.update(before)

    def set(self, settings: Mapping[str, str]) -> None:
        """Change app settings; the next invocation reads them."""
        os.environ.update(settings)

    def bindings(self) -> dict[str, list[dict[str, Any]]]:
        """What the host would be told: the bindings of each function."""
        return {name: [json.loads(raw) for raw in found.raw_bindings] for name, found in self._functions.items()}

    def fire(self, name: str, *, past_due: bool = False) -> Invocation:
        """Run one timer function and wait for it."""
        return self._wait(self._invoke(name, past_due=past_due))

    def fire_together(self, names: Sequence[str]) -> list[Invocation]:
        """Run several at once, as two instances of the app would."""

        async def all_of_them() -> list[Invocation]:
            return await asyncio.gather(*(self._invoke(name, past_due=False) for name in names))

        return self._wait(all_of_them())

    def retries(self) -> dict[str, Any]:
        """The retry policy of each function, as the host would be told of it; None where there is none."""
        return {name: found.retry_options for name, found in self._functions.items()}

    def push(self, name: str, events: Sequence[tuple[bytes, Mapping[str, Any]]], partition: str = "0") -> Invocation:
        """Run an Event Hub function with one batch: bodies, each with its system properties (EnqueuedTimeUtc, SequenceNumber, Offset)."""
        bodies = Datum(_Message(bytes=[body for body, _ in events]), "collection_bytes")
        told = {"SystemPropertiesArray": [properties for _, properties in events], "PartitionContext": {"PartitionId": partition}}
        metadata = {key: Datum(json.dumps(value), "json") for key, value in told.items()}
        return self._wait(self._call(name, ("events", bodies), metadata))

    async def _index(self) -> dict[str, Any]:
        for name in ("function_app", "azure_function.app"):  # a FunctionApp can be indexed once: like a new worker, start from a new one
            sys.modules.pop(name, None)
        protocol = _protocol()
        init = _Message(capabilities={}, function_app_directory=str(self._folder))
        answer = await runtime.worker_init_request(_Request(protocol, worker_init_request=init))
        if answer.result.status != 1:
            raise RuntimeError(f"the app cannot be indexed: {answer.result.exception.message}\n{answer.result.exception.stack_trace}")
        metadata = await runtime.functions_metadata_request(_Request(protocol))
        return {found.name: found for found in metadata.function_metadata_results}

    async def _invoke(self, name: str, *, past_due: bool) -> Invocation:
        timer = Datum(json.dumps({**TIMER, "IsPastDue": past_due}), "json")
        return await self._call(name, ("timer", timer), {})

    async def _call(self, name: str, argument: tuple[str, Datum], metadata: Mapping[str, Datum]) -> Invocation:
        ok, _, _, error, trace = await native_invocation.invocation_request_native(
            str(uuid.uuid4()), self._functions[name].function_id, [argument], dict(metadata)
        )
        return Invocation(ok, error or "", trace or "")

    def _wait[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def start_child(folder: Path, environment: Mapping[str, str], *names: str, packages: Path | None = None) -> subprocess.Popen[str]:
    """The same in a process of its own; prints one JSON line for each function fired, in order.

    With ``packages`` it sees that folder and the app's, and nothing of this checkout: what a staged artifact must stand.
    """
    path = [str(folder), *([str(packages)] if packages else [])]
    return subprocess.Popen(
        [sys.executable, "-P", *(["-S"] if packages else []), str(Path(__file__).resolve()), str(folder), *names],
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def main(folder: str, *names: str) -> None:
    """The child's side of ``start_child``."""
    with FunctionsRuntime(Path(folder), {}) as worker:
        for name in names:
            sys.stdout.write(json.dumps(worker.fire(name)._asdict()) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
