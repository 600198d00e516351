"""App settings as the host reads them: names ignore case, and `__` separates sections like `:`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from local.host.errors import BadSettings

_CONNECTION_STRINGS = "ConnectionStrings:"
_PORTAL_PREFIX = "CUSTOMCONNSTR_"  # how App Service hands a "Custom" connection string to the process


def _key(name: str) -> str:
    return name.replace("__", ":").lower()


@dataclass(frozen=True, slots=True)
class Settings:
    """A snapshot of the environment, looked up the way .NET configuration does."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        portal = {
            _key(_CONNECTION_STRINGS + name.removeprefix(_PORTAL_PREFIX)): value
            for name, value in environment.items()
            if name.startswith(_PORTAL_PREFIX)
        }
        return cls(portal | {_key(name): value for name, value in environment.items()})

    def get(self, name: str) -> str | None:
        return self.values.get(_key(name))

    def is_on(self, name: str) -> bool:
        """True for `1` and `true`, the two spellings the host accepts (webjobs-sdk, IsSettingEnabled)."""
        return (self.get(name) or "").lower() in {"1", "true"}

    def section(self, name: str) -> Mapping[str, str]:
        """The settings below `name__`, by their last part in lower case."""
        start = _key(name) + ":"
        return {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}

    def expand(self, text: str) -> str:
        """`text` with each `%NAME%` replaced; raises BadSettings that names what does not resolve.

        Source: webjobs-sdk, NameResolverExtensions.ResolveWholeString.
        """
        parts = text.split("%")
        if len(parts) % 2 == 0:
            raise BadSettings(f"'{text}' has a '%' without a closing '%'")
        return "".join(self._named(part) if index % 2 else part for index, part in enumerate(parts))

    def _named(self, name: str) -> str:
        value = self.get(name) if name else None
        if value is None:
            raise BadSettings(f"'%{name}%' does not resolve to a value: add the app setting {name}")
        return value


def connection_names(name: str) -> tuple[str, ...]:
    """Where the host looks for connection `name`, first match wins (webjobs-sdk, GetWebJobsConnectionSection)."""
    prefixed = f"AzureWebJobs{name}"
    return (_CONNECTION_STRINGS + prefixed, prefixed, _CONNECTION_STRINGS + name, name)
