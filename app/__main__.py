"""``python -m app``: the server itself; ``python -m app map``: a map without it. Installed, it is ``downhill``.

The processes that compute maps import this file as well, so what takes long to import is imported where it is used.
"""

import argparse
import logging
import os
import socket
import sys
import threading
import time
import webbrowser

from app import __version__
from app.maps.pool import WORKERS, read_workers


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, or make a map; return 1 with one clear line where the port cannot be had."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["map"]:
        from app.maps import command as atlas

        return atlas.main(arguments[1:])
    # To serve is what is meant without a word.
    return _serve(_parse(arguments[1:] if arguments[:1] == ["serve"] else arguments))


def _serve(options: argparse.Namespace) -> int:
    import uvicorn

    from app.web.connections import backlog

    problem = _port_problem(options.host, options.port)
    if problem:
        print(f"downhill: {problem}", file=sys.stderr)
        return 1
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{options.port}{options.root_path}/"
    browser = not options.no_browser and _has_screen()
    threading.Thread(target=_tell_when_up, args=(shown, options.port, address, browser), daemon=True).start()
    if options.map_workers:
        os.environ[WORKERS] = str(options.map_workers)
    logging.basicConfig(level=options.log_level.upper(), format="%(levelname)s: %(message)s")
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        root_path=options.root_path,
        forwarded_allow_ips=options.forwarded_allow_ips,
        http="app.web.connections:Connection",
        ws="none",
        backlog=backlog(),
        # uvloop takes one new connection a round, and with a hundred streams a round takes a fifth of a second.
        loop="app.web.connections:Loop",
        log_level=options.log_level,
        # A stream that a client still reads should not keep the server from stopping.
        timeout_graceful_shutdown=3,
    )
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m app",
        usage="%(prog)s [serve] [options]",
        description="Serve Downhill.",
        epilog="python -m app map --help tells how to write a map to a file, without a server.",
    )
    parser.add_argument("--version", action="version", version=f"Downhill {__version__}")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen at (default %(default)s)")
    parser.add_argument("--workers", type=read_workers, default=1, help="server processes (default %(default)s)")
    parser.add_argument(
        "--map-workers", type=read_workers, metavar="N", help="processes that compute maps (default: one a processor)"
    )
    parser.add_argument(
        "--root-path",
        type=_root_path,
        default="",
        metavar="PATH",
        help="the path that a proxy serves this under, such as /downhill, whether it takes it away or not",
    )
    parser.add_argument(
        "--forwarded-allow-ips",
        metavar="ADDRESSES",
        help="proxies whose X-Forwarded-For and -Proto are believed, with commas between (default: this machine's own)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the page in a browser")
    parser.add_argument(
        "--log-level",
        choices=("critical", "error", "warning", "info", "debug"),
        default="warning",
        help="how much is logged (default %(default)s)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; use 1 to 65535")
    return int(text)


def _root_path(text: str) -> str:
    from app.web.prefix import read_root_path

    return read_root_path(text)


def _port_problem(host: str, port: int) -> str | None:
    """Try the port before uvicorn does, which would answer with a traceback."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return f"{host} is no address of this machine."
    except OSError as error:
        return f"port {port} at {host} cannot be used ({error.strerror}); try --port {port % 65535 + 1}."
    return None


def _has_screen() -> bool:
    """Whether opening a browser can mean a window rather than a text browser taking over the terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tell_when_up(host: str, port: int, address: str, browser: bool) -> None:
    """Say where the server is as soon as it is there, whichever of its processes that is in; and open the browser."""
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            break
    print(f"Downhill {__version__} is at {address} (Ctrl+C stops it)", flush=True)
    if browser:
        webbrowser.open(address)


if __name__ == "__main__":
    sys.exit(main())
