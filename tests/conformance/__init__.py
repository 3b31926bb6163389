"""The figures that other billing projects assert, held against ours."""
