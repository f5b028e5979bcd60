"""The application in this process, and one live server for what needs sockets and time."""

import pytest

from app.main import create_app
from tests.api.asking import Api, Server


@pytest.fixture(scope="session")
def api():
    one = Api(create_app())
    yield one
    one.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("live") / "log.txt")
    yield server
    server.stop()
