"""What it means: trees, disk chains, findings and forecasts, folded from the log."""
