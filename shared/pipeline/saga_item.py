"""One saga as it is stored: its progress, what it has asked for, and when somebody has to look again. One item."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.kernel import Poison, Progress
from shared.kernel.outbox import Asked, earliest
from shared.kernel.saga import Entered
from shared.kernel.values import to_text
from shared.pipeline.codec import Moment, Shape
from shared.pipeline.naming import camel
from shared.ports import Item, Stored

CONTAINER: Final = "sagas"
KIND: Final = "Saga"
# Of the item; its definition has a version of its own.
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Instance:
    """`deadline` is its phase's; `etag` is None until it is stored. Changed is what is not stored yet.

    `traceparent` is the place in a trace where it was stored last.
    """

    progress: Progress
    asked: tuple[Asked, ...]
    deadline: datetime | None = None
    etag: str | None = None
    is_changed: bool = False
    traceparent: str = ""

    @property
    def due_at(self) -> datetime | None:
        return earliest(self.asked, self.deadline)

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def after(self, name: str, *, trouble: str, now: datetime, is_silent: bool) -> "Instance":
        """One ask of it was answered, or failed."""
        ended = (
            (each.failed(trouble, now) if trouble else each.answered()) if each.name == name else each
            for each in self.asked
        )
        done = (*self.progress.done, name) if is_silent else self.progress.done
        return replace(self, asked=tuple(ended), progress=replace(self.progress, done=done), is_changed=True)


@dataclass(frozen=True, slots=True)
class _Entered:
    phase: str
    at: Moment
    cause: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    name: str
    since: Moment
    attempts: int
    due_at: Moment | None = None
    trouble: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class _Saga:
    schema_version: int
    version: int
    mark: int
    entered: tuple[_Entered, ...]
    is_late: bool
    done: tuple[str, ...]
    asked: tuple[dict[str, object], ...]
    deadline: Moment | None = None
    due_at: Moment | None = None
    traceparent: str = ""


_SAGA, _ASKED = Shape(_Saga), Shape(_Asked)


def read(stored: Stored | None) -> Instance | None:
    """Raises Poison `unknown_version` when another deployment has stored it, `unreadable_row` when nobody has."""
    if stored is None:
        return None
    match stored.item.get("schemaVersion"):
        case int(version) if version != VERSION:
            raise Poison("unknown_version", f"a saga's item in version {version}")
    found = _SAGA.read(stored.item)
    progress = Progress(
        version=found.version,
        mark=found.mark,
        entered=tuple(Entered(each.phase, each.at, each.cause) for each in found.entered),
        is_late=found.is_late,
        done=found.done,
    )
    asked = (_ASKED.read(each) for each in found.asked)
    outbox = tuple(Asked(each.name, each.since, each.due_at, each.attempts, each.trouble, each.cause) for each in asked)
    instance = Instance(progress, outbox, found.deadline, stored.etag, traceparent=found.traceparent)
    # Once put off, it is due at its own moments again as soon as somebody writes it.
    return replace(instance, is_changed=instance.due_at != found.due_at)


def written(stream: str, saga: str, instance: Instance) -> Item:
    progress = instance.progress
    stamp: dict[str, object] = {"id": saga, "orderId": stream, "type": KIND, "schemaVersion": VERSION}
    return stamp | _texts(
        version=progress.version,
        mark=progress.mark,
        entered=[_texts(phase=each.phase, at=each.at, cause=each.cause or None) for each in progress.entered],
        is_late=progress.is_late,
        done=list(progress.done),
        asked=[_asked(each) for each in instance.asked],
        deadline=instance.deadline,
        due_at=instance.due_at,
        traceparent=instance.traceparent or None,
    )


def _asked(each: Asked) -> Item:
    return _texts(
        name=each.name,
        since=each.since,
        attempts=each.attempts,
        due_at=each.due_at,
        trouble=each.trouble,
        cause=each.cause or None,
    )


def _texts(**values: object) -> dict[str, object]:
    """What is None is not written: an index then has no entry for it."""
    kept = {camel(name): value for name, value in values.items() if value is not None}
    return {name: to_text(value) if isinstance(value, datetime) else value for name, value in kept.items()}
