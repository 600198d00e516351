"""A Functions host for a laptop: runs a Python v2 app through Microsoft's worker library, without Core Tools, .NET or Azurite."""
