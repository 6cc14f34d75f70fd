"""Starts one command and says what it used: ``launch.py OUT COMMAND ...`` prints ``status cpu memory wall`` (seconds, bytes).

A process of its own, because on Linux the peak memory of a child begins with the size of whoever started it, and this one is small. It
adopts what the command leaves behind (a Java machine outlives the program that started it) and counts it as well.
"""

import ctypes
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36

out, *command = sys.argv[1:]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
started = time.perf_counter()
with open(out, "wb") as file:  # noqa: PTH123 - pathlib would make this process larger than some that it measures
    process = subprocess.Popen(command, stdout=file)  # noqa: S603 - the contestants of this repository
status, cpu, memory = 1, 0.0, 0
while True:
    try:
        child, code, usage = os.wait3(0)
    except ChildProcessError:
        break
    cpu += usage.ru_utime + usage.ru_stime
    memory = max(memory, usage.ru_maxrss)
    if child == process.pid:
        status = process.returncode = os.waitstatus_to_exitcode(code)
print(status, cpu, memory * (1 if sys.platform == "darwin" else 1024), time.perf_counter() - started)
