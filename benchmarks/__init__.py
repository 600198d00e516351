"""Claims about cost, each measured as a ratio of two sides in one run: `python -m benchmarks [NAME …]`."""
