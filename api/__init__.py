"""The doors: HTTP in, problem+json out."""
