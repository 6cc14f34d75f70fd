"""A local Spark for this folder's tests: started once, with everything off that only long runs need."""

import os
import shutil
import sys

import pytest

from gatewatch.engines.spark.session import session


@pytest.fixture(scope="session")
def spark():
    """Spark in this process; its tasks run in this Python."""
    if shutil.which("java") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Java: Spark cannot start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYSPARK_SUBMIT_ARGS", "--driver-memory 1g --driver-java-options '-XX:TieredStopAtLevel=1' pyspark-shell")
        with session({}, 2) as found:
            found.conf.set("spark.sql.shuffle.partitions", "2")
            found.conf.set("spark.sql.adaptive.enabled", "false")
            found.conf.set("spark.sql.codegen.wholeStage", "false")
            yield found
