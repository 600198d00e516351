"""How the data of each event was shaped before: one pure function a version, from it to the next. docs/change.md."""

from typing import Final

from shared.kernel import Versions

# Every event is still in its first version.
ORDER_VERSIONS: Final = Versions()
