"""A view grown again from its events, compared with what is read, and put in its place."""
