"""How it is seen: the command line, and later the browser."""
