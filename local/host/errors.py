"""Why the host refuses to start, and the exit code that says so.

HostError
├── BadSettings    exit 2: a setting, host.json or a binding is missing or cannot be read
└── BadApp         exit 1: the app could not be imported or indexed
"""


class HostError(Exception):
    """The host cannot start; the message is for the person at the terminal."""

    exit_code = 1


class BadSettings(HostError):  # noqa: N818 - the house names an error by what is the case
    """A setting is missing or unreadable; the message names it."""

    exit_code = 2


class BadApp(HostError):  # noqa: N818 - the house names an error by what is the case
    """The app failed while it was imported or indexed; `trace` is the worker's own traceback of it."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace
