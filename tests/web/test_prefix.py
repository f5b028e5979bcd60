"""Behind a path prefix: every address leads somewhere, whether the proxy takes the prefix away or not."""

import os
import re
import shutil
import subprocess
import time
from argparse import ArgumentTypeError
from contextlib import contextmanager
from html import unescape
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from app.lessons import LESSONS
from app.web.prefix import read_root_path
from tests.web.asking import ROOT, Server, error_of, free_port, lines, read, wait_until

PREFIX = "/downhill"
# A map tells how far it is when half a second is over.
PROGRESS = re.compile(rb'\{"kind":"progress".*\n')
LESSON = next(iter(LESSONS))
PAGES = ["/", "/?landscape=peaks&restarts=2", "/lessons", f"/lessons/{LESSON}", "/docs", "/examples", "/two-dimensions"]
# What the page's scripts ask for besides what stands in the page.
ASKED = [
    "/api/descent/stream?steps=5",
    "/api/landscapes/peaks",
    "/api/keys",
    "/healthz",
    "/openapi.json",
    "/favicon.ico",
]


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("behind") / "log.txt", "--root-path", PREFIX)
    yield server
    server.stop()


def addresses_of(page):
    """Return every address on this host that the page names, as paths."""
    named = re.findall(r'(?:href|src)="([^"]+)"|"thumbnails":"([^"]+)"|"path":"([^"]+)"', page.text)
    found = {unescape(next(filter(None, several))) for several in named}
    return {address for address in found if not address.startswith(("http", "#", "data:"))}


@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_a_page_begins_with_the_prefix(api, behind, path):
    page = behind.client.get(path)
    assert page.status_code == 200
    addresses = addresses_of(page)
    # The scripts put it before the one they ask for themselves.
    thumbnails = {address for address in addresses if address.startswith("/thumbnails/")}
    assert len(thumbnails) == ('id="boot"' in page.text)
    assert len(addresses) > 5
    assert all(address.startswith(f"{PREFIX}/") for address in addresses - thumbnails), addresses
    plain = addresses_of(api.get(path))
    assert {address.removeprefix(PREFIX) for address in addresses} == plain


def test_every_address_leads_to_the_same_with_the_prefix_and_without(behind):
    found = {address for path in PAGES for address in addresses_of(behind.client.get(path))}
    assert any("plotly" in address for address in found)
    # A map as large as the page's takes its time.
    found = {
        f"{address.partition('?')[0]}?resolution=8&steps=50" if "/api/maps/" in address else address
        for address in found
    }
    for address in sorted({*found, *ASKED}):
        inner = address.removeprefix(PREFIX)
        taken_away, left = (behind.client.get(path) for path in (inner, PREFIX + inner))
        assert taken_away.status_code in (200, 308), address
        assert taken_away.status_code == left.status_code, address
        assert PROGRESS.sub(b"", taken_away.content) == PROGRESS.sub(b"", left.content), address
        for name in ("etag", "location", "link", "cache-control", "content-type"):
            assert taken_away.headers.get(name) == left.headers.get(name), address


def test_style_sheets_and_scripts_name_no_address_of_their_own(behind):
    page = behind.client.get("/")
    for address in addresses_of(page):
        if address.endswith((".css", ".js")) and "plotly" not in address:
            text = behind.client.get(address).text
            assert not re.search(r"url\(\s*['\"]?/", text), address
            assert not re.search(r"""(?:from|import\(?)\s*['"]/""", text), address


def test_an_answer_has_the_same_tag_wherever_it_stands(api, behind):
    for path in ("/api/descent?steps=5", "/api/landscapes", "/api/landscapes/peaks?shape=2"):
        tags = {one.headers.get("etag") for one in (api.get(path), *map(behind.client.get, (path, PREFIX + path)))}
        assert len(tags) == 1, path


def test_the_prefix_alone_leads_to_the_page(behind):
    response = behind.client.get(f"{PREFIX}?steps=5&seed=3")
    assert (response.status_code, response.headers["location"]) == (308, f"{PREFIX}/?steps=5&seed=3")
    assert behind.client.get(PREFIX).headers["location"] == f"{PREFIX}/"


def test_redirects_links_and_the_documents_name_the_prefix(behind):
    assert re.fullmatch(f"{PREFIX}/static/\\w+/icon.svg", behind.client.get("/favicon.ico").headers["location"])
    assert behind.client.get("/?steps=5").headers["link"].startswith(f"<{PREFIX}/api/descent?steps=5>")
    assert read(behind.client.get(f"{PREFIX}/openapi.json").content)["servers"] == [{"url": PREFIX}]
    docs = behind.client.get("/docs", headers={"host": "example.org", "x-forwarded-proto": "https"}).text
    assert f"curl 'https://example.org{PREFIX}/api/descent?" in docs


def test_errors_keep_their_form_and_lead_back(behind):
    for path in ("/api/nothing", f"{PREFIX}/api/nothing", "/downhillish", f"{PREFIX}{PREFIX}/"):
        assert (
            f"{PREFIX}/docs" in error_of(behind.client.get(path, headers={"accept": "application/json"}), 404)["hint"]
        )
    assert (
        behind.client.get(f"{PREFIX}/api/x", headers={"accept": "text/html"}).headers["content-type"]
        == "application/json"
    )
    page = behind.client.get(f"{PREFIX}/a/b/c", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert all(address.startswith(f"{PREFIX}/") for address in addresses_of(page))
    hint = error_of(behind.client.get("/lessons/" + LESSON[:-1]), 404)["hint"]
    assert f"{PREFIX}/lessons/{LESSON}?" in hint


def test_a_proxy_is_believed_where_it_is_named(tmp_path):
    server = Server(tmp_path / "log.txt", "--forwarded-allow-ips", "10.1.2.3")
    try:
        docs = server.client.get("/docs", headers={"host": "example.org", "x-forwarded-proto": "https"}).text
    finally:
        server.stop()
    assert "curl 'http://example.org/api/descent?" in docs


@pytest.mark.parametrize(
    "headers", [{"x-forwarded-prefix": "/evil"}, {"x-forwarded-host": "evil"}, {"forwarded": "host=evil"}]
)
def test_headers_that_no_one_was_asked_to_believe_change_nothing(behind, headers):
    for path in ("/lessons", "/docs"):
        assert "evil" not in behind.client.get(path, headers=headers).text


def test_the_link_is_left_out_where_it_is_longer_than_two_kilobytes(api):
    lengths = []
    for runs in range(9):
        for letters in (1, 20, 40):
            name = "%C3%A9" * letters
            page = api.get("/?" + "&".join([f"name={name}", *[f"run=adam,name:{name}"] * runs]))
            (query,) = re.findall(r'"query":"([^"]*)"', page.text)
            link = f'</api/descent?{query}>; rel="alternate"; type="application/json"'
            assert page.headers.get("link") == (link if len(link) <= 2_048 else None)
            lengths.append(len(link))
    assert max(length for length in lengths if length <= 2_048) > 1_700
    assert max(lengths) > 2_048


# ── The option


@pytest.mark.parametrize(
    "text", ["downhill", "/a//b", "/a b", "/a/../b", "/./a", "/<a>", "/a?b", "/%zz", "/api", "/lessons/x"]
)
def test_a_prefix_that_is_none_is_refused(text):
    with pytest.raises(ArgumentTypeError, match="/downhill"):
        read_root_path(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ""),
        ("/", ""),
        ("/a", "/a"),
        ("/a/", "/a"),
        ("/user/j%40x/proxy/8000", "/user/j%40x/proxy/8000"),
        ("/apis", "/apis"),
    ],
)
def test_a_prefix_is_read(text, path):
    assert read_root_path(text) == path


# ── The README's proxies


def block_of_the_readme(language):
    (block,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return block


@contextmanager
def running(command, base, **options):
    """Run a proxy until the end of the block, from when it answers."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options) as process:
        try:
            with httpx.Client(base_url=base, timeout=30) as client:

                def is_up():
                    assert process.poll() is None, process.stdout.read()
                    try:
                        return client.get("/").status_code in (200, 404)
                    except httpx.TransportError:
                        return False

                wait_until(is_up, 10)
                yield client
        finally:
            process.terminate()


def program(name):
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        assert name != "nginx" or not os.environ.get("CI"), "nginx is missing; apt-get install nginx-light"
        pytest.skip(f"{name} is not installed: its block of the README is not tested")
    return path


@contextmanager
def nginx(block, folder):
    port = free_port()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    server = f"server {{ listen 127.0.0.1:{port}; location / {{ return 404; }}\n{block}}}"
    settings = f"pid {folder}/pid; events {{}} http {{ access_log off; {temporary} {server} }}"
    (folder / "nginx.conf").write_text(settings)
    command = [program("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "log", "-g", "daemon off;"]
    with running(command, f"http://127.0.0.1:{port}") as client:
        yield client


@contextmanager
def caddy(block, folder):
    port = free_port()
    (folder / "Caddyfile").write_text(f"{{\nadmin off\n}}\nhttp://127.0.0.1:{port} {{\n{block}}}\n")
    command = [program("caddy"), "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with running(command, f"http://127.0.0.1:{port}", env=home) as client:
        yield client


def unchanged(block):
    return block


def leaves_the_path(block):
    """Return nginx's block without the slash that takes the path away."""
    assert block.count(":8000/;") == 1
    return block.replace(":8000/;", ":8000;")


PROXIES = {
    "nginx": (nginx, unchanged),
    "nginx that leaves the path": (nginx, leaves_the_path),
    "caddy": (caddy, unchanged),
}


@pytest.mark.parametrize("name", PROXIES)
def test_the_readmes_proxy_shows_the_page_with_all_that_belongs_to_it_and_streams(behind, tmp_path, name):
    start, change = PROXIES[name]
    block = change(block_of_the_readme(start.__name__))
    assert block.count("127.0.0.1:8000") == 1
    with start(block.replace("127.0.0.1:8000", f"127.0.0.1:{behind.port}"), tmp_path) as client:
        response = client.get(PREFIX)
        assert response.status_code in (301, 302, 308)
        assert urlsplit(urljoin(str(response.url), response.headers["location"])).path == f"{PREFIX}/"
        for path in PAGES:
            page = client.get(PREFIX + path)
            assert page.status_code == 200
            assert page.headers["link"].startswith(f"<{PREFIX}/")
        for address in sorted(addresses_of(client.get(f"{PREFIX}/"))):
            if "/api/maps/" not in address:
                there = client.get(address if address.startswith(PREFIX) else PREFIX + address)
                assert there.status_code == 200, address
        assert f"curl '{client.base_url}".rstrip("/") + f"{PREFIX}/api/descent" in client.get(f"{PREFIX}/docs").text
        # A head of the longest size that a page sends fits.
        long = "&".join(["run=adam,name:" + "x" * 40] * 8)
        assert client.get(f"{PREFIX}/?{long}&name={'y' * 40}").status_code == 200
        times = []
        with client.stream("GET", f"{PREFIX}/api/descent/stream?steps=30000&tolerance=0&noise=0.1&starts=4") as stream:
            text = ""
            for part in stream.iter_text():
                times.append(time.perf_counter())
                text += part
        assert lines(text.encode())[-1] == {"kind": "done"}
        # Unbuffered: it comes while it is computed, not at once at its end.
        assert len(times) > 10
        assert max(after - before for before, after in pairwise(times)) < 0.7 * (times[-1] - times[0])
