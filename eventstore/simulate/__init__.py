"""A simulated Hyper-V host that obeys `decide` and can write real disk files."""
