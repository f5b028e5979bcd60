"""Ways to ask the service, and what every answer is read with."""

import asyncio
import json
import os
import random
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.own_data import MODELS, own_data
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.keys import PARTS
from app.request.typed import landscape_of_formula

ROOT = Path(__file__).resolve().parent.parent.parent
JSON = {"content-type": "application/json"}


class Api:
    """The application in this process, asked over ASGI: no sockets, no waiting."""

    def __init__(self, app):
        """Keep one event loop for all questions."""
        self.app = app
        self.runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://downhill")

    def ask(self, method, path, **options):
        return self.runner.run(self.client.request(method, path, **options))

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body, **options):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, content=content, headers={**JSON, **options.pop("headers", {})}, **options)

    def walks(self, **keys):
        return self.answer(**keys)["walks"]

    def walk(self, **keys):
        (walk,) = self.walks(**keys)
        return walk

    def answer(self, **keys):
        response = self.post("/api/descent", keys)
        assert response.status_code == 200, response.text
        return read(response.content)

    def close(self):
        self.runner.run(self.client.aclose())
        self.runner.close()


def read(content):
    """Read JSON as a browser does, which knows neither NaN nor Infinity."""
    return json.loads(content, parse_constant=_no_constant)


def _no_constant(name):
    raise AssertionError(f"{name} is not JSON")


def lines(content):
    text = content.decode()
    assert text.endswith("\n")
    return [read(line) for line in text.splitlines()]


def error_of(response, status=422, key=...):
    """Check that the answer is an error in the contract's one form, and return it."""
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/json"
    body = read(response.content)
    assert list(body) == ["error"]
    error = body["error"]
    assert set(error) - {"column", "line", "correction"} == {"status", "message", "key", "hint"}
    typed = ("formula", "constants", "rule", "hyperparameters", "run", "runs", "text")
    assert set(error) <= {"status", "message", "key", "hint"} or error["key"] in typed
    assert error["status"] == status
    assert error["message"].strip()
    assert error["hint"].strip()
    assert len(response.content) < 2_000
    if key is not ...:
        assert error["key"] == key, error
    return error


def as_query(keys):
    return urlencode({key: _as_list(value) if isinstance(value, list | dict) else value for key, value in keys.items()})


def _as_list(values):
    if isinstance(values, dict):
        return ",".join(f"{name}:{number!r}" for name, number in values.items())
    rows = all(isinstance(value, list) for value in values)
    return ";".join(map(_as_list, values)) if rows else ",".join(map(_as_text, values))


def _as_text(value):
    return value if isinstance(value, str) else repr(value)


def random_requests(count, seed=0):
    """Yield valid requests, most keys given at random, some with digits to the last bit."""
    dice, own = random.Random(seed), random.Random(f"own {seed}")
    for _ in range(count):
        if own.random() < 0.1:
            yield _random_request(own, *_random_own_data(own))
        elif own.random() < 0.1:
            yield _random_request(own, *_random_formula(own), _random_rule(own))
        else:
            landscape = dice.choice(list(LANDSCAPES.values()))
            yield _random_request(dice, landscape, {"landscape": landscape.slug})


def _random_request(dice, landscape, made_of, typed=None):
    smooth = landscape.smooth
    newton = smooth and not landscape.network
    optimizer = dice.choice([one for one in OPTIMIZERS.values() if newton or not one.needs_hessian])
    walks_by, listed = {"optimizer": optimizer.slug}, optimizer.hyperparameters
    if typed:
        walks_by, listed = typed, ()
    schedule = dice.choice(list(SCHEDULES.values()))
    low, high = landscape.domain
    keys = {**made_of, **walks_by, "schedule": schedule.slug}
    steps = dice.choice([1, 7, 40])
    widths = [b - a for a, b in zip(low, high, strict=True)]
    sides = [(a - dice.random() * w, b + dice.random() * w) for a, b, w in zip(low, high, widths, strict=True)]
    some = {
        "domain": [end for side in sides for end in side],
        "goal": dice.choice(["minimize", *([] if landscape.network else ["maximize"])]),
        "start": [dice.uniform(a, b) for a, b in zip(low, high, strict=True)],
        "starts": dice.choice([1, 2, 5, 30]),
        "learning_rate": dice.choice([10 ** dice.uniform(-9, 2), 0.1, 1e-320, 1e22, 3.0]),
        "tolerance": dice.choice([0.0, 1e-6, 10 ** dice.uniform(-12, 1)]),
        "patience": dice.choice([0, 1, 5, 30]),
        "noise": dice.choice([0.0, dice.random(), 1e5]),
        "seed": dice.choice([0, 1, 2**32 - 1, dice.randrange(2**32)]),
        "name": dice.choice(["A name", "50 %: é+&=", "x" * 40]),
        "hidden": dice.choice([0, 1]),
        "axis": dice.choice(["step", "evaluations"]),
        "theory": dice.choice([0, 1]),
    }
    if landscape.shape:
        some["shape"] = dice.choice(
            [landscape.shape.default, landscape.shape.low, dice.uniform(landscape.shape.low, landscape.shape.high)]
        )
    if landscape.points and not optimizer.needs_all_data:
        some["batch"] = dice.choice([0, 1, min(8, landscape.points), landscape.points])
    if landscape.network:
        some |= {"plane": dice.choice(["walk", "steps"]), "plane_run": 0, "weights": dice.choice([0, 1])}
    for parameter in listed + schedule.hyperparameters:
        some[parameter.key] = random_value(dice, parameter)
    keys |= {key: value for key, value in some.items() if dice.random() < 0.6}
    if keys.get("patience") and dice.random() < 0.5:
        keys["min_change"] = dice.choice([0.0, 1e-300, dice.random(), 1e300])
    if schedule.anneals and dice.random() < 0.5:
        steps = 40
        keys["restarts"] = dice.choice([1, 2])
        if dice.random() < 0.5:
            keys["growth"] = dice.choice([1.0, 1.5, dice.uniform(1, 4)])
    if not schedule.warms_up and steps > 1 and dice.random() < 0.5:
        keys["warmup"] = dice.randrange(0, 15 if steps == 40 else steps)
    if steps == 40 or dice.random() < 0.6:
        keys["steps"] = steps
    defaults = {"landscape": "bowl", "optimizer": "momentum"}
    defaults["schedule"] = "cosine" if keys.get("restarts") else "constant"
    for key, default in defaults.items():
        if keys.get(key) == default and dice.random() < 0.5:
            del keys[key]
    return keys | _random_view(random.Random(repr(keys)), landscape)


def _random_own_data(dice):
    """A landscape that is in no table, and the keys that make it."""
    model = dice.choice(list(MODELS))
    width = dice.choice(MODELS[model].columns)
    points = [[dice.gauss(1, 2) for _ in range(width)] for _ in range(dice.randrange(2, 20))]
    if model == "logistic":
        points = [[*row[:-1], float(dice.random() < 0.5)] for row in points]
    given = {} if model == "line" and dice.random() < 0.5 else {"model": model}
    return own_data(tuple(map(tuple, points)), model), {"data": points, **given}


def _random_formula(dice):
    """A typed landscape, and the keys that make it."""
    text = dice.choice(["a*x^2 + y^2", "sin x · cos(b y) + (x²+y²)/10", "|x| + y^2/2", "(x^2 - 1)^2 + b x", "log(x)^2"])
    constants = {
        name: dice.choice([1.0, dice.uniform(0.1, 9)]) for name in "ab" if f"{name}*" in text or f"{name} " in text
    }
    given = {"constants": constants} if constants else {}
    return landscape_of_formula(text, constants), {"formula": text, **given}


def _random_rule(dice):
    """The keys of a typed rule, or none."""
    if dice.random() < 0.4:
        return None
    if dice.random() < 0.5:
        return {"rule": "point_next = point - learning_rate*max(min(gradient, 1), -1)"}
    rule = "v_next = b*v + gradient\npoint_next = point - learning_rate*(v_next + c*gradient)"
    return {"rule": rule, "hyperparameters": {"c": dice.random(), "b": dice.choice([0.0, 0.9, dice.random()])}}


def _random_view(dice, landscape):
    """How the page shows it, some of its keys given, by dice of its own."""
    views = dice.sample(["surface", "rates", "theory", "rule", *(["data"] if landscape.points else [])], 2)
    some = {
        "at": dice.choice([0, 7, "end", 2**53 - 1]),
        "view": dice.choice([views[0], views]),
        "scale": dice.choice(["log", "linear"]),
        "hide": dice.sample(list(PARTS), dice.randrange(1, 6)),
        "guess_first": dice.choice([0, 1]),
    }
    return {key: value for key, value in some.items() if dice.random() < 0.4}


def random_value(dice, parameter):
    """Return a value within the bounds of an optimizer's or a schedule's hyperparameter, the bounds among them."""
    low, high = parameter.low, parameter.high
    value = dice.choice(
        [
            parameter.default,
            low,
            high,
            low * (high / low) ** dice.random() if parameter.log else dice.uniform(low, high),
        ]
    )
    return round(value) if parameter.whole else value


class Server:
    """The product's own server on a free port, with what it logs."""

    def __init__(self, log, *arguments, before="", limit=None):
        """Start it as ``before`` prepares it, with a limit of ``resource`` if one is given; wait until it answers."""
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = log
        with log.open("wb") as sink:
            plain = ["-m", "app"]
            prepared = ["-c", f"{before}; import sys, app.__main__; sys.exit(app.__main__.main())"]
            command = [sys.executable, *(prepared if before else plain), "--no-browser", "--port", str(self.port)]
            self.process = subprocess.Popen(
                [*command, *arguments],
                cwd=ROOT,
                stdout=sink,
                stderr=sink,
                env=dict(os.environ),
                preexec_fn=limit and (lambda: resource.setrlimit(*limit)),
            )
        self.client = httpx.Client(base_url=self.base, timeout=30)
        wait_until(self.is_up, 20)

    def is_up(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    @property
    def under_way(self):
        return self.client.get("/healthz").json()["under_way"]

    def open(self, request):
        """Return a socket on which the request was sent, to be read or left."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(request.encode() if isinstance(request, str) else request)
        return connection

    def stop(self):
        self.client.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds):
    """Wait until it holds, and fail where it does not in time; return how long it took."""
    begin = time.perf_counter()
    while not condition():
        assert time.perf_counter() - begin < seconds, f"not within {seconds} s"
        time.sleep(0.01)
    return time.perf_counter() - begin
