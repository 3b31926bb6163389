"""What a change to a catalog would do: its edits in business terms, and a replay of real usage."""
