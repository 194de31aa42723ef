"""The event log: its protocol, its line format and the engine that keeps it in files."""
