"""The Event Hubs emulator's configuration, written from infra/eventhubs.json.

`python -m local.emulators` writes it to where docker-compose.yml mounts it from.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
HUBS: Final = ROOT / "infra" / "eventhubs.json"
CONFIGURATION: Final = ROOT / ".data" / "emulators" / "eventhubs.json"
# Its own name for the only namespace it has; applications never say it.
_NAMESPACE: Final = "emulatorNs1"
# Every hub has it without being told (learn.microsoft.com/azure/event-hubs/test-locally-with-event-hub-emulator).
_IMPLICIT: Final = "$Default"


def configuration(hubs: Mapping[str, Any]) -> dict[str, Any]:
    """The emulator's Config.json for the hubs of infra/eventhubs.json."""
    entities = [
        {
            "Name": hub["name"],
            "PartitionCount": hub["partitionCount"],
            "ConsumerGroups": [{"Name": group} for group in hub["consumerGroups"] if group != _IMPLICIT],
        }
        for hub in hubs["hubs"]
    ]
    namespace = {"Type": "EventHub", "Name": _NAMESPACE, "Entities": entities}
    return {"UserConfig": {"NamespaceConfig": [namespace], "LoggingConfig": {"Type": "File"}}}


def main() -> int:
    CONFIGURATION.parent.mkdir(parents=True, exist_ok=True)
    written = configuration(json.loads(HUBS.read_text(encoding="utf-8")))
    CONFIGURATION.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    print(f"emulators: wrote {CONFIGURATION.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
