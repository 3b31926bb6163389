"""What a catalog is held to: its tests, its guards, and what a change to it would do."""
