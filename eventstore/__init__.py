"""What happened: the append-only log, the events in it, and the machine they describe."""
