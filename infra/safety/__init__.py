"""What a security review would ask of the sources and of what they are built on."""
