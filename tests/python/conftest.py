"""One live server for what asks one."""

import pytest

from tests.web.asking import Server


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("live") / "log.txt", "--map-workers", "1")
    yield server
    server.stop()
