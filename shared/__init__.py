"""What every room stands on: words, engine, stores, settings."""
