"""The live matrix: every behaviour through the deployed path, input by input, on the vendors' own runtimes."""
