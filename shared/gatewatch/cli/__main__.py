"""`python -m gatewatch.cli`."""

from . import main

raise SystemExit(main())
