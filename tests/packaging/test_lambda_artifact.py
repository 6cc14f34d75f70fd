"""What `make package-aws` ships: complete, small, compiled, and nothing beside."""

import json
import marshal
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.bundle_byte_code import LEFT_OUT
from scripts.local_cloud.lambda_artifact import Artifact, CannotBuildError, build
from tests.builders.aws import envelope, user_record

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

FUNCTION_PACKAGES = {"aws_lambda", "aws_lambda_powertools", "jmespath", "maxminddb", "msgspec", "typing_extensions.py", "urllib3"}
BESIDE = {"__pycache__", "bin", "requirements.txt"}
ZIPPED_BYTES = 5_000_000
UNZIPPED_BYTES = 24 << 20  # Lambda: 250 MB for function and layers
MACHINE = {"arm64": 183, "x86_64": 62}  # e_machine of ELF

ONE_EVENT = """
import json, sys
from aws_lambda.handler import lambda_handler

class Context:
    function_name, memory_limit_in_mb, aws_request_id = "detector", 512, "r-1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:detector"
    get_remaining_time_in_millis = staticmethod(lambda: 60_000)

answer = lambda_handler(json.load(sys.stdin), Context())
from aws_lambda import bucket_handler
bundled = {type(module.__loader__).__module__ for name, module in sys.modules.items() if name.startswith("gatewatch.")}
loaded = sorted(name for name in ("boto3", "botocore", "pydantic", "elasticsearch", "msgraph", "azure") if name in sys.modules)
print("ANSWER " + json.dumps([answer, loaded, sorted(bundled)]))
"""


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    try:
        return build()
    except CannotBuildError as error:
        pytest.skip(str(error))


def distributions(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir() if entry.suffix not in {".dist-info", ".data"}}


def test_the_function_holds_these_packages_and_nothing_else(artifact: Artifact) -> None:
    assert distributions(artifact.function) - BESIDE == FUNCTION_PACKAGES


def test_the_layer_holds_the_shared_package_and_nothing_else(artifact: Artifact) -> None:
    assert [entry.name for entry in artifact.layer.iterdir()] == ["python"]
    assert distributions(artifact.layer / "python") - BESIDE == {"gatewatch"}


def folder_of(artifact: Artifact, part: str) -> Path:
    """One of what is packed into a zip: both functions have the same sources, and the bucket reader is built apart."""
    return {"function": artifact.function, "bucket reader": artifact.function.parent / "BucketReader", "layer": artifact.layer}[part]


every_part = pytest.mark.parametrize("part", ["function", "bucket reader", "layer"])


@every_part
def test_every_module_is_shipped_with_its_byte_code(artifact: Artifact, part: str) -> None:
    folder = folder_of(artifact, part)
    sources = {file.relative_to(folder) for file in folder.rglob("*.py")}
    compiled = {file.parent.parent.relative_to(folder) / f"{file.name.partition('.')[0]}.py" for file in folder.rglob("*.cpython-313.pyc")}
    assert len(sources) > 30
    assert sources - compiled == set()


@every_part
def test_byte_code_is_valid_whatever_the_time_stamps_in_a_zip(artifact: Artifact, part: str) -> None:
    flags = {file.read_bytes()[4] for file in folder_of(artifact, part).rglob("*.pyc")}
    assert flags == {0b01}  # PEP 552: hash-based, not checked


@pytest.mark.parametrize(("part", "package"), [("function", "aws_lambda"), ("bucket reader", "aws_lambda"), ("layer", "python/gatewatch")])
def test_the_bundle_holds_the_code_of_our_modules(artifact: Artifact, part: str, package: str) -> None:
    folder = folder_of(artifact, part) / package
    with (folder / "byte_code.bin").open("rb") as file:
        assert file.readline() == b"cpython-313\n"
        index, codes = marshal.load(file), file.read()  # noqa: S302 - our own build
    bundled = {name: codes[offset : offset + length] for name, offset, length in index.values()}
    assert bundled == {
        source.relative_to(folder.parent).as_posix(): (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").read_bytes()[16:]
        for source in folder.rglob("*.py")
        if source.relative_to(folder).parts[0] not in LEFT_OUT
    }


@every_part
def test_the_artifact_stays_small(artifact: Artifact, part: str, tmp_path: Path) -> None:
    folder = folder_of(artifact, part)
    with zipfile.ZipFile(tmp_path / "part.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.rglob("*"):
            packed.write(file, file.relative_to(folder))
    assert (tmp_path / "part.zip").stat().st_size < ZIPPED_BYTES
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < UNZIPPED_BYTES


def test_no_shipped_text_names_this_machine(artifact: Artifact) -> None:
    here = str(Path(__file__).resolve().parents[2]).encode()
    ours = [*(artifact.function / "aws_lambda").rglob("*"), *(artifact.layer / "python" / "gatewatch").rglob("*")]
    assert [file.name for file in ours if file.is_file() and here in file.read_bytes()] == []


def test_the_handler_takes_an_event_with_only_the_artifact_on_its_path(artifact: Artifact, tmp_path: Path) -> None:
    batch = {
        "Records": [
            {
                "messageId": "m-1",
                "body": json.dumps(envelope(user_record("alice", additionalEventData={"MFAUsed": "Yes"}))),
                "attributes": {},
            }
        ]
    }
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", f"import sys; sys.path += {artifact.path.split(os.pathsep)!r}\n{ONE_EVENT}"],
        input=json.dumps(batch),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={
            "GATEWATCH_STORE": "sqlite:gatewatch.sqlite",
            "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
            "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:1/dead",
        },
    )
    assert done.returncode == 0, done.stderr
    answer, loaded, loaders = json.loads(done.stdout.rpartition("ANSWER ")[2])
    assert answer == {"batchItemFailures": []}
    assert loaded == []  # boto3 is loaded with the first alert, not before
    assert loaders == ["aws_lambda.byte_code"]


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_binaries_fit_the_architecture_that_was_asked_for(arch: str) -> None:
    try:
        built = build(arch)
    except CannotBuildError as error:
        pytest.skip(str(error))
    binaries = list(built.function.rglob("*.so"))
    assert binaries
    assert {int.from_bytes(file.read_bytes()[18:20], "little") for file in binaries} == {MACHINE[arch]}
