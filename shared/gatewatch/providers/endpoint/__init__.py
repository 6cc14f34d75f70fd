"""Cloud command lines that authenticate on a host, from endpoint agents."""
