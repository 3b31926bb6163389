"""A carrier with voice, messages and data, as large as a benchmark asks for."""
