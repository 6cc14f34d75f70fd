"""Starts one command and says what it used: ``launch.py OUT COMMAND ...`` prints ``status cpu memory wall`` (seconds, bytes).

A process of its own, because on Linux the peak memory of a child begins with the size of whoever started it, and this one is small.
"""

import os
import subprocess
import sys
import time

out, *command = sys.argv[1:]
started = time.perf_counter()
with open(out, "wb") as file:  # noqa: PTH123 - pathlib would make this process larger than some that it measures
    process = subprocess.Popen(command, stdout=file)  # noqa: S603 - the contestants of this repository
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
unit = 1 if sys.platform == "darwin" else 1024
print(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, time.perf_counter() - started)
