"""State to text: everything that is printed is shaped here, and nothing is decided."""
