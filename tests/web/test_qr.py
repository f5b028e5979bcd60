"""The QR code of a page's address says that address, whatever the server is called and wherever it is served."""

import asyncio
import re

import httpx
import pytest

from app.lessons import LESSONS
from app.main import create_app
from app.web.prefix import read_root_path
from tests.web.asking import error_of
from tests.web.codes import codes_in

PAGES = [
    "/",
    "/?at=7",
    "/?landscape=himmelblau&start=0,-4&optimizer=adam&view=theory&hide=curves,race&run=momentum,name:a%20%C3%A9",
    "/lessons/by-hand",
    "/lessons/by-hand?hide=surface,maps&at=end",
]


def code_address(page):
    path, mark, query = page.partition("?")
    return f"{path.rstrip('/')}/qr.svg{mark}{query}"


@pytest.mark.parametrize("page", PAGES)
def test_a_code_says_the_address_of_its_page(api, page):
    assert api.get(page).status_code == 200
    response = api.get(code_address(page))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("image/svg+xml")
    assert codes_in(response.text) == [f"http://downhill{page}"]


@pytest.mark.parametrize("root", ["", "/downhill"])
def test_it_is_the_address_by_which_this_server_is_called(root):
    # As a proxy that ends TLS passes a request on: its scheme, its host and its prefix are the scope's.
    app = create_app()

    async def ask():
        transport = httpx.ASGITransport(app, root_path=read_root_path(root))
        async with httpx.AsyncClient(transport=transport, base_url="https://school.example:8443") as client:
            return await client.get(f"{root}/qr.svg?steps=60"), await client.get(f"{root}/lessons/by-hand/qr.svg")

    page, lesson = asyncio.run(ask())
    assert codes_in(page.text) == [f"https://school.example:8443{root}/?steps=60"]
    assert codes_in(lesson.text) == [f"https://school.example:8443{root}/lessons/by-hand"]


def test_it_is_dark_on_light_in_every_theme_with_a_quiet_border_of_four_modules(api):
    svg = api.get("/qr.svg").text
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    assert f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>' in svg
    # A code has 21, 25, 29 … modules a side (ISO/IEC 18004, 6.3.1), and four on each side of it.
    assert (size - 8 - 21) % 4 == 0
    assert "currentColor" not in svg
    assert "<script" not in svg


def test_what_stands_in_an_address_is_text_in_its_picture(api):
    address = "/qr.svg?run=adam,name:%3Cscript%3E%26"
    svg = api.get(address).text
    assert "<script>" not in svg
    assert codes_in(svg) == ["http://downhill/?run=adam,name:%3Cscript%3E%26"]


def test_an_address_that_makes_no_sense_has_no_code(api):
    error_of(api.get("/qr.svg?hide=walls"), 422, "hide")
    error_of(api.get("/lessons/by-hand/qr.svg?at=-1"), 422, "at")
    assert "by-hand" in error_of(api.get("/lessons/by-han/qr.svg"), 404)["hint"]
    assert all(api.get(f"/lessons/{slug}/qr.svg").status_code == 200 for slug in list(LESSONS)[:3])


def test_the_longest_address_is_the_longest_that_a_code_holds(api):
    # 40-L holds 2 953 bytes (ISO/IEC 18004, table 7).
    most = 2_953 - len("http://downhill/?")
    run = f"run=adam,name:{'%E2%88%87' * 40}"
    query = "&".join([run] * 7)
    filler = most - len(query) - len("&run=adam,name:")
    for more, status in ((0, 200), (1, 422)):
        sized = f"{query}&run=adam,name:{'%E2%88%87' * (filler // 9)}{'x' * (filler % 9 + more)}"
        assert len(sized) == most + more
        response = api.get(f"/qr.svg?{sized}")
        assert response.status_code == status, response.text[:300]
        if status == 200:
            assert codes_in(response.text) == [f"http://downhill/?{sized}"]
        else:
            assert "2953" in error_of(response, 422)["message"]


def test_who_has_it_already_is_told_so_and_another_host_has_another(api):
    first = api.get("/qr.svg?at=7")
    again = api.get("/qr.svg?at=7", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = api.get("/qr.svg?at=7", headers={"if-none-match": first.headers["etag"], "host": "elsewhere"})
    assert codes_in(other.text) == ["http://elsewhere/?at=7"]
