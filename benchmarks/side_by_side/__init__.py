"""`make bench`: Gatewatch beside other engines on the same records, in one run."""
