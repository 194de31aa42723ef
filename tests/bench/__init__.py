"""Speed, always beside a bare floor or a peer measured in the same run: `python -m tests.bench`."""
