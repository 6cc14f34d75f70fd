"""What is generated is fresh."""

import subprocess
import sys


def test_generated_pages_and_examples_are_fresh(repository):
    done = subprocess.run([sys.executable, "scripts/docs.py", "--check"], cwd=repository, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"run make docs\n{done.stderr}"
