"""Why a query is refused: a message, the code the Azure side gives it, and where in the text it points."""


class QueryError(Exception):
    """A query that cannot be answered; the server turns it into a 400.

    `code` is the SC number where Microsoft's own tests show one (QueryPlanBaselineTests and LINQ baselines of
    Azure/azure-cosmos-dotnet-v3); `location` counts characters from 0, the end excluded.
    """

    def __init__(self, message: str, *, code: str = "SC2001", location: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.location = location

    def entry(self) -> dict[str, object]:
        """One entry of the `errors` list in the body of the 400."""
        place = {} if self.location is None else {"location": {"start": self.location[0], "end": self.location[1]}}
        return {"severity": "Error", **place, "code": self.code, "message": self.message}
