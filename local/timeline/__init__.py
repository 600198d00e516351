"""One run of the whole app with a reader that stops for a while, sampled every second and drawn as pictures."""
