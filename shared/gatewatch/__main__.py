"""`python -m gatewatch`."""

from .cli import main

raise SystemExit(main())
