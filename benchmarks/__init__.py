"""How fast Tidings is, side by side with what one would do instead: `python -m benchmarks`."""
