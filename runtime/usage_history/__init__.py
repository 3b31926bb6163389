"""What became of usage over the runs: read from what they wrote, never worked out again."""
