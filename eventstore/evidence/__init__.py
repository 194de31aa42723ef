"""Evidence in, observations out: readers that verify what they read and never write."""
