"""From usage files and stored usage to rated usage: mediate, tie, classify, draw, rate."""
