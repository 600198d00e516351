"""What Bicep expressions amount to before anything is deployed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.checks.places import Place

type Value = bool | int | str | Record | Items | Runtime | Deployed | Deployment | Closure | None
type Closure = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Known only in Azure; `text` says what it will be."""

    text: str

    def __str__(self) -> str:
        return f"<{self.text}>"


class Record(dict[str, Value]):
    """An object that knows where it and each of its keys were written."""

    def __init__(self, at: Place, entries: Mapping[str, Value] = {}, places: Mapping[str, Place] = {}) -> None:
        super().__init__(entries)
        self.at, self.places = at, dict(places)
        # Resources that are declared inside this body, by their symbols.
        self.nested: dict[str, Value] = {}

    def place(self, key: str) -> Place:
        return self.places.get(key, self.at)

    def put(self, key: str, value: Value, at: Place) -> None:
        self[key], self.places[key] = value, at


class Items(list[Value]):
    """An array that knows where it was written."""

    def __init__(self, at: Place, items: "list[Value] | tuple[Value, ...]" = ()) -> None:
        super().__init__(items)
        self.at = at


@dataclass(frozen=True, slots=True)
class Deployed:
    """One concrete resource: its own type and names are whole, its body holds what the template says.

    `scope` is the id of what an extension resource extends.
    """

    at: Place
    type: str
    version: str
    name: str
    id: str
    body: Record = field(repr=False, compare=False)
    scope: str = ""
    exists: bool = False

    def member(self, name: str) -> Value:
        match name:
            case "id":
                return self.id
            case "name":
                return self.name.rsplit("/", 1)[-1]
            case "type":
                return self.type
            case "properties":
                # What Azure adds by itself is asked for under the same name as what the template says.
                return Runtime(f"{self.name}.properties")
            case _:
                return self.body.get(name, Runtime(f"{self.name}.{name}"))


@dataclass(frozen=True, slots=True)
class Deployment:
    """A module that was deployed, for those who read its outputs."""

    name: str
    outputs: Record
