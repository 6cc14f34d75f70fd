"""Both clouds on this machine, for the demo and the tests: the vendors' runtimes and emulators, and fakes for the rest."""
