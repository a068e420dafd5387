"""The JSON API of the session's process, with a key that may do everything."""

import os
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from api.app import create_app
from tests.api.server import Api, environment
from tests.api.v1.client import Client, new_key
from tests.fixtures.logs import logs_as_before


@pytest.fixture
async def client(api: Api, database: AsyncEngine) -> Client:
    return Client(api.client, await new_key(database))


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application, for its routes and its document; it runs in the process of `api`."""
    with patch.dict(os.environ, environment("postgresql://127.0.0.1:9/none")), logs_as_before():
        return create_app()
