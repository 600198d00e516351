"""A Functions host for a laptop: it runs a Python v2 app through Microsoft's worker library, without Core Tools."""
