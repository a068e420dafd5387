"""Every route of the application, as the OpenAPI document and the router tell."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.routing import Mount, Route

from tests.api.v1.client import V1

ANY_NUMBER = "4711"
ANY_UUID = "019a5b7c-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address; `name` is unique."""

    method: str
    path: str
    name: str
    takes_body: bool

    @property
    def address(self) -> str:
        """The path with some id in each place."""
        path = self.path
        for name in ("contact_id", "appointment_id", "message_id", "medium_id", "event_id"):
            path = path.replace(f"{{{name}}}", ANY_NUMBER)
        while "{" in path:
            path = path[: path.index("{")] + ANY_UUID + path[path.index("}") + 1 :]
        return path


def operations(app: FastAPI) -> Iterator[Operation]:
    """All that is documented below `/api/v1`."""
    for path, found in app.openapi()["paths"].items():
        if path.startswith(V1):
            for method, operation in found.items():
                yield Operation(
                    method.upper(), path.removeprefix(V1), operation["operationId"], "requestBody" in operation
                )


def undocumented(app: FastAPI) -> set[str]:
    """Addresses that are served without standing in the document."""
    documented = set(app.openapi()["paths"])
    return {route.path for route in app.routes if isinstance(route, Route | Mount)} - documented
