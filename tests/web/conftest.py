"""The application in this process, and one live server for what needs sockets and time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.main import create_app
from app.maps.pool import Pool, Workers
from tests.web.asking import Api, Server


@pytest.fixture(scope="session")
def api():
    app = create_app()
    # Maps of a few cells need no processes; those of the live server have them.
    executor = ThreadPoolExecutor(2)
    app.state.pool = Pool(lambda: Workers(executor, 2, executor.shutdown))
    one = Api(app)
    yield one
    one.close()
    app.state.pool.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("live") / "log.txt")
    yield server
    server.stop()
