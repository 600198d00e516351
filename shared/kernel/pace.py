"""How soon a reader of a feed looks again after it found nothing new."""

from typing import Literal

# Somebody waits for what it does, or a second later is soon enough and makes larger batches.
type Pace = Literal["at once", "soon"]
