"""Bad input: every mistake of every key is answered in the one form, naming the key, what was wrong, what is right."""

import json
import re
from html.parser import HTMLParser

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.errors import ApiError
from app.request.keys import KEYS, NAMED, QUERY_KEYS
from app.request.making import make_request
from app.request.reading import read_query
from app.web import responses
from app.web.assets import static_version
from app.web.limits import busy
from tests.products import covering
from tests.web.asking import JSON, error_of, lines, read

NUMERIC = (
    *("shape", "starts", "learning_rate", "momentum", "dampening", "floor", "restarts", "growth", "steps", "tolerance"),
    *("noise", "seed", "start", "domain", "beta1", "beta2", "decay", "epsilon", "weight_decay", "centred", "backtrack"),
    *("sufficient", "drops", "peak", "warmup", "batch", "patience", "min_change", "hidden", "theory", "map_run"),
    *("window", "resolution"),
)
NO_NUMBER = {
    "word": "much",
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "nan": "nan",
    "infinity": "inf",
    "minus infinity": "-Infinity",
    "overflow": "1e309",
    "negative overflow": "-1e309",
    "full-width digits": "%EF%BC%91%EF%BC%92",
    "Arabic digits": "%D9%A1",
    "superscript": "%C2%B2",
    "null byte": "1%00",
    "two signs": "--1",
    "no digits": ".",
    "half an exponent": "1e",
    "comma in front": ",1",
    "comma at the end": "1,",
    "sum": "1%2B2",
    "list": "[1,2]",
    "true": "true",
    "null": "null",
    "markup": "%3Cscript%3Ealert(1)%3C/script%3E",
    "line break": "1%0d%0aX:%201",
    "5000 digits": "9" * 5000,
}

BAD = [
    # query, key, what is said to be wrong, what is said to be right
    ("learning_rate=0,1", "learning_rate", "learning_rate=0,1 is not a number", "decimal point: 0.1. A number above 0"),
    ("tolerance=1,5e-7", "tolerance", "not a number", "decimal point: 1.5e-7."),
    ("noise=%200,5%20", "noise", "not a number", "decimal point: 0.5."),
    ("steps=1,5", "steps", "not a whole number", "decimal point: 1.5."),
    ("start=0,5,1,5", "start", "has 4 numbers", "The decimal sign is a point"),
    ("landscape=two-minima&start=0,5", "start", "has 2 numbers", "The decimal sign is a point"),
    ("run=adam,learning_rate:0,05", "run", "05 is no key", "the decimal sign is a point"),
    ("landscape=bowll", "landscape", "bowll is not known", "Did you mean bowl?"),
    ("landscape=bowl%00", "landscape", "not known", "bowl"),
    ("landscape=../../etc/passwd", "landscape", "not known", "turned-ravine"),
    ("landscape=__proto__", "landscape", "not known", "quadratic"),
    ("landscape=constructor", "landscape", "not known", "rosenbrock"),
    ("landscape=" + "x" * 8000, "landscape", "not known", "/api/landscapes"),
    ("optimizer=adam-w", "optimizer", "adam-w is not known", "Did you mean adamw?"),
    ("optimizer=sgd", "optimizer", "sgd is not known", "Did you mean gradient-descent or momentum?"),
    ("optimizer=momentun", "optimizer", "momentun is not known", "Did you mean momentum?"),
    ("schedule=cosin", "schedule", "cosin is not known", "Did you mean cosine?"),
    ("goal=minimise", "goal", "minimise", "minimize or maximize"),
    ("goal=0", "goal", "0", "minimize or maximize"),
    ("shape=0.99", "shape", "out of range", "from 1 to 1000"),
    ("shape=1001", "shape", "out of range", "from 1 to 1000"),
    ("landscape=plateau&shape=5", "shape", "out of range", "from 0.25 to 4"),
    ("landscape=saddle&shape=1", "shape", "no shape knob", "two-valley"),
    ("domain=1,2", "domain", "has 2 numbers", "xmin,xmax,ymin,ymax"),
    ("domain=1,2,3,4,5", "domain", "has 5 numbers", "xmin,xmax,ymin,ymax"),
    ("domain=1,1,0,1", "domain", "empty or inverted", "above"),
    ("domain=0,1,1,0", "domain", "empty or inverted", "above"),
    ("domain=0,1e-18,0,1", "domain", "float64", "wider"),
    ("domain=-1e308,1e308,-1e308,1e308", "domain", "too far", "million"),
    ("domain=0,1e8,0,1", "domain", "too far", "million"),
    ("start=1", "start", "has 1 numbers", "x,y"),
    ("start=1,2,3", "start", "has 3 numbers", "x,y"),
    ("start=1;2", "start", "not a number", "x,y"),
    ("start=8000001,0", "start", "million domain widths", "nearer"),
    ("start=0,-6000001", "start", "million domain widths", "nearer"),
    ("start=1e308,0", "start", "million domain widths", "nearer"),
    ("starts=0", "starts", "out of range", "from 1 to 512"),
    ("starts=513", "starts", "out of range", "from 1 to 512"),
    ("starts=-1", "starts", "out of range", "from 1 to 512"),
    ("learning_rate=0", "learning_rate", "out of range", "above 0"),
    ("learning_rate=-0", "learning_rate", "out of range", "above 0"),
    ("learning_rate=-0.1", "learning_rate", "out of range", "above 0"),
    ("learning_rate=1e-400", "learning_rate", "out of range", "above 0"),
    ("momentum=-0.1", "momentum", "out of range", "from 0 to 1"),
    ("momentum=1.0000000000000002", "momentum", "out of range", "from 0 to 1"),
    ("dampening=2", "dampening", "out of range", "from 0 to 1"),
    ("optimizer=gradient-descent&momentum=0.9", "momentum", "gradient-descent", "nesterov"),
    ("optimizer=nesterov&dampening=0.1", "dampening", "nesterov", "momentum"),
    ("floor=0.1", "floor", "constant", "cosine"),
    ("schedule=cosine&floor=1.1", "floor", "out of range", "from 0 to 1"),
    ("schedule=cosine&floor=-0.1", "floor", "out of range", "from 0 to 1"),
    ("schedule=constant&restarts=2", "restarts", "no meaning with schedule=constant", "cosine"),
    ("restarts=51", "restarts", "out of range", "from 0 to 50"),
    ("restarts=-1", "restarts", "out of range", "from 0 to 50"),
    ("restarts=3&steps=2", "restarts", "4 cycles do not fit into 2 steps", "fewer restarts"),
    ("restarts=50&growth=4", "restarts", "do not fit", "less growth"),
    ("growth=2", "growth", "without restarts", "restarts"),
    ("restarts=2&growth=0.9", "growth", "out of range", "from 1 to 4"),
    ("restarts=2&growth=4.1", "growth", "out of range", "from 1 to 4"),
    ("steps=0", "steps", "out of range", "from 1 to 100000"),
    ("steps=100001", "steps", "out of range", "from 1 to 100000"),
    ("steps=1.5", "steps", "whole number", "from 1 to 100000"),
    ("steps=1e-3", "steps", "whole number", "from 1 to 100000"),
    ("steps=7/2", "steps", "whole number", "from 1 to 100000"),
    ("learning_rate=1/0", "learning_rate", "divides by zero", "above 0"),
    ("landscape=straight-line&batch=51", "batch", "more than the 50 data points", "from 0 to 50"),
    ("landscape=logistic&batch=21", "batch", "more than the 20 data points", "from 0 to 20"),
    ("landscape=straight-line&batch=-1", "batch", "out of range", "at least 0"),
    ("landscape=straight-line&batch=1.5", "batch", "whole number", "at least 0"),
    ("landscape=straight-line&batch=99999999999999999999", "batch", "more than", "from 0 to 50"),
    ("batch=8", "batch", "bowl, which is not made from data", "straight-line"),
    ("landscape=fence&batch=1", "batch", "not made from data", "pasture"),
    ("landscape=straight-line&batch=8&optimizer=newton", "batch", "optimizer=newton", "adagrad"),
    ("landscape=straight-line&batch=8&optimizer=line-search", "batch", "optimizer=line-search", "momentum"),
    ("landscape=kink&optimizer=newton", "optimizer", "kink has kinks", "without kinks"),
    ("landscape=pasture&optimizer=newton", "optimizer", "pasture has kinks", "9 more"),
    ("landscape=fence&start=57,1", "start", "has 2 numbers", "fence needs x"),
    ("landscape=straight-line&start=1", "start", "has 1 numbers", "straight-line needs x,y"),
    ("landscape=fence&start=100000051", "start", "million domain widths", "nearer"),
    ("landscape=fence&domain=0,1,0,1", "domain", "has 4 numbers", "fence needs xmin,xmax"),
    ("landscape=fence&domain=1", "domain", "has 1 numbers", "xmin,xmax"),
    ("landscape=fence&domain=1,0", "domain", "empty or inverted", "above"),
    ("landscape=fence&domain=0,1e9", "domain", "too far", "million"),
    ("landscape=fence&shape=1", "shape", "no shape knob", "plateau"),
    ("warmup=200", "warmup", "leaves nothing of the 200 steps", "At most 199"),
    ("warmup=5&steps=5", "warmup", "leaves nothing of the 5 steps", "At most 4"),
    ("warmup=1&steps=1", "warmup", "leaves nothing", "more steps"),
    ("warmup=100000&steps=100000", "warmup", "out of range", "from 0 to 99999"),
    ("warmup=-1", "warmup", "out of range", "from 0 to 99999"),
    ("warmup=0.5", "warmup", "whole number", "from 0 to 99999"),
    ("schedule=one-cycle&warmup=5", "warmup", "rises by itself", "linear"),
    ("restarts=3&steps=10&warmup=7", "restarts", "4 cycles do not fit into 3 steps", "fewer restarts"),
    ("restarts=1&steps=10&warmup=9", "restarts", "2 cycles do not fit into 1 steps", "more steps"),
    ("patience=-1", "patience", "out of range", "from 0 to 100000"),
    ("patience=100001", "patience", "out of range", "from 0 to 100000"),
    ("patience=1.5", "patience", "whole number", "from 0 to 100000"),
    ("min_change=0.1", "min_change", "without patience", "patience"),
    ("patience=0&min_change=1e-300", "min_change", "without patience", "patience"),
    ("patience=5&min_change=-1e-300", "min_change", "out of range", "at least 0"),
    ("schedule=step&drops=1.5", "drops", "whole number", "from 2 to 20"),
    ("schedule=step&drops=0", "drops", "out of range", "from 2 to 20"),
    ("schedule=step&drops=1", "drops", "out of range", "from 2 to 20"),
    ("schedule=step&drops=21", "drops", "out of range", "from 2 to 20"),
    ("schedule=cosine&drops=4", "drops", "not used by schedule=cosine", "step"),
    ("schedule=one-cycle&peak=0", "peak", "out of range", "from 0.01 to 0.99"),
    ("schedule=one-cycle&peak=1", "peak", "out of range", "from 0.01 to 0.99"),
    ("schedule=step&peak=0.5", "peak", "not used by schedule=step", "one-cycle"),
    ("schedule=inverse-time&floor=1.1", "floor", "out of range", "from 0 to 1"),
    ("optimizer=rmsprop&centred=0.5", "centred", "whole number", "from 0 to 1"),
    ("optimizer=rmsprop&centred=2", "centred", "out of range", "from 0 to 1"),
    ("optimizer=rmsprop&centred=-1", "centred", "out of range", "from 0 to 1"),
    ("optimizer=rmsprop&centred=true", "centred", "whole number", "from 0 to 1"),
    ("optimizer=adam&epsilon=0", "epsilon", "out of range", "from 1e-12 to 1"),
    ("optimizer=adam&epsilon=1.1", "epsilon", "out of range", "from 1e-12 to 1"),
    ("optimizer=adam&beta1=1", "beta1", "out of range", "from 0 to 0.9999"),
    ("optimizer=adam&beta2=1", "beta2", "out of range", "from 0 to 0.9999"),
    ("optimizer=adam&beta2=-0.1", "beta2", "out of range", "from 0 to 0.9999"),
    ("optimizer=adadelta&decay=1", "decay", "out of range", "from 0 to 0.9999"),
    ("optimizer=adamw&weight_decay=1.1", "weight_decay", "out of range", "from 0 to 1"),
    ("optimizer=adam&weight_decay=0.1", "weight_decay", "not used by optimizer=adam", "adamw"),
    ("optimizer=line-search&backtrack=0.95", "backtrack", "out of range", "from 0.1 to 0.9"),
    ("optimizer=line-search&backtrack=0", "backtrack", "out of range", "from 0.1 to 0.9"),
    ("optimizer=line-search&sufficient=0", "sufficient", "out of range", "from 1e-06 to 0.9"),
    ("optimizer=line-search&sufficient=1", "sufficient", "out of range", "from 1e-06 to 0.9"),
    ("tolerance=-1e-9", "tolerance", "out of range", "at least 0"),
    ("noise=-1", "noise", "out of range", "at least 0"),
    ("seed=-1", "seed", "out of range", "4294967295"),
    ("seed=4294967296", "seed", "out of range", "4294967295"),
    ("seed=0.5", "seed", "whole number", "4294967295"),
    ("steps=5&steps=5", "steps", "more than once", "once"),
    ("steps=5&%73teps=6", "steps", "more than once", "once"),
    ("steps", "steps", "empty", "Leave steps out"),
    ("stepz=5", "stepz", "stepz is not a known key", "Did you mean step"),
    ("Stepz=5", "Stepz", "not a known key", "Did you mean step"),
    ("start[]=1", "start[]", "not a known key", "Did you mean start?"),
    ("steps%3D5", "steps=5", "not a known key", "steps"),
    ("%3Cscript%3E=1", "<script>", "not a known key", "landscape"),
    ("__proto__=1", "__proto__", "not a known key", "landscape"),
    ("%00=1", "\0", "not a known key", "landscape"),
    ("=1", "", "not a known key", "landscape"),
    ("landscape=%FF", ..., "UTF-8", "UTF-8"),
    ("landscape=%C0%AF", ..., "UTF-8", "UTF-8"),
    ("landscape=%ED%A0%80", ..., "UTF-8", "UTF-8"),
    ("%FF=1", ..., "UTF-8", "UTF-8"),
    ("x" * 8193, None, "8193 bytes", "8192"),
    ("a=1&" * 101, None, "100 keys", "landscape"),
]
LATER = ("weighting",)
READERS = (
    *("/api/descent", "/api/descent/stream", "/api/descent/steps", "/api/descent/learning-rates"),
    *("/api/descent/race", "/api/descent/sweep", "/api/descent/theory", "/api/maps/basins", "/api/maps/rates"),
    *("/api/descent/sharpness", "/api/descent/surface"),
)

BAD_VALUES = {
    # JSON text, which every key refuses
    "a boolean": "true",
    "an object": '{"x": 1}',
    "an empty object": "{}",
    "nested lists": "[[1, 2]]",
    "a list of texts": '["1", "2"]',
    "a list with a boolean": "[1, true]",
    "a list with null": "[1, null]",
    "a list with an object": '[1, {"a": 1}]',
    "a number as text": '"1"',
    "empty text": '""',
    "a null byte": '"\\u0000"',
    "half a surrogate pair": '"\\ud800"',
    "markup": '"<script>alert(1)</script>"',
    "a line break": '"\\r\\nX: y"',
    "too large a number": "1e309",
    "too large a negative number": "-1e309",
    "400 digits": "1" + "0" * 400,
    "4000 digits": "-" + "9" * 4000,
    "a deep list": "[" * 400 + "]" * 400,
    "a deep object": '{"a":' * 400 + "1" + "}" * 400,
    "a long list": "[" + "1," * 20_000 + "1]",
    "a long text": '"' + "x" * 60_000 + '"',
}

BAD_BODIES = {
    # body, key, message, hint
    "nothing": (b"", None, "not valid JSON", "Send an object"),
    "half": (b'{"steps":', None, "not valid JSON", "Send an object"),
    "Python": (b"{'steps': 5}", None, "not valid JSON", "Send an object"),
    "a list": (b"[]", None, "not a JSON object", "Send an object"),
    "a text": (b'"steps"', None, "not a JSON object", "Send an object"),
    "null": (b"null", None, "not a JSON object", "Send an object"),
    "NaN": (b'{"noise": NaN}', ..., "NaN", "finite"),
    "Infinity": (b'{"noise": -Infinity}', ..., "Infinity", "finite"),
    "5000 digits": (b'{"seed": ' + b"1" * 5000 + b"}", ..., "", ""),
    "hexadecimal": (b'{"seed": 0x10}', None, "not valid JSON", ""),
    "full-width digits": ('{"seed": １}'.encode(), None, "not valid JSON", ""),
    "the same key twice": (b'{"steps": 5, "steps": 5}', "steps", "more than once", "once"),
    "an unknown key": (b'{"stepz": 5}', "stepz", "not a known key", "Did you mean steps?"),
    "an unknown key that is null": (b'{"terrain": null}', "terrain", "not a known key", "landscape"),
    "a prototype": (b'{"__proto__": {"steps": 5}}', "__proto__", "not a known key", "landscape"),
    "self": (b'{"self": 1}', "self", "not a known key", "landscape"),
    "a key of half a surrogate pair": (b'{"\\ud800": 1}', ..., "", ""),
    "that key twice": (b'{"\\ud800": 1, "\\ud800": 1}', ..., "", ""),
    "a byte order mark": (b'\xef\xbb\xbf{"steps": 5}', None, "not valid JSON", ""),
    "UTF-16": ('{"steps": 5}'.encode("utf-16"), None, "UTF-8", "UTF-8"),
    "broken UTF-8": (b'{"landscape": "\xff"}', None, "UTF-8", "UTF-8"),
    "too deep": (b'{"start": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", ..., "", ""),
    "three numbers": (b'{"start": [1, 2, 3]}', "start", "has 3 numbers", "x,y"),
    "no numbers": (b'{"start": []}', "start", "has 0 numbers", "x,y"),
    "a start far away": (b'{"start": [1e9, 0]}', "start", "million domain widths", "nearer"),
    "a fraction of a step": (b'{"steps": 1.5}', "steps", "1.5", "from 1 to 100000"),
    "a decimal comma": (b'{"learning_rate": "0,05"}', "learning_rate", "0,05", "decimal point: 0.05."),
    "one byte too many": (b"{}" + b" " * 65_535, None, "65536 bytes", "No request needs"),
    "10 MB": (b" " * 10_000_000, None, "65536 bytes", "No request needs"),
}


@pytest.mark.parametrize(("query", "key", "message", "hint"), BAD, ids=[query[:40] for query, *_ in BAD])
def test_a_bad_query_is_refused_by_every_route_that_reads_it(api, query, key, message, hint):
    for route in READERS:
        error = error_of(api.get(f"{route}?{query}"), 422, key)
        assert message in error["message"]
        assert hint in error["hint"]


FOREIGN = [
    (kind, slug, key)
    for kind, table in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))
    for slug, entry in table.items()
    for key in dict.fromkeys(one.key for other in table.values() for one in other.hyperparameters)
    if key not in {one.key for one in entry.hyperparameters}
]
OWN = [
    (kind, slug, one)
    for kind, table in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))
    for slug, entry in table.items()
    for one in entry.hyperparameters
]


@pytest.mark.parametrize(("kind", "slug", "key"), FOREIGN, ids=map(" ".join, FOREIGN))
def test_a_hyperparameter_of_another_one_is_refused_and_its_users_are_named(api, kind, slug, key):
    table = OPTIMIZERS if kind == "optimizer" else SCHEDULES
    users = {other.slug: one for other in table.values() for one in other.hyperparameters if one.key == key}
    for one in users.values():
        value = int(one.default) if one.whole else one.default
        error = error_of(api.get(f"/api/descent?{kind}={slug}&{key}={value}"), 422, key)
        assert f"not used by {kind}={slug}" in error["message"]
        assert error_of(api.post("/api/descent", {kind: slug, key: value}), 422, key) == error
        assert all(user in error["hint"] for user in list(users)[:5])
        assert (f"and {len(users) - 5} more" in error["hint"]) == (len(users) > 5)


@pytest.mark.parametrize(("kind", "slug", "one"), OWN, ids=[f"{slug} {one.key}" for _, slug, one in OWN])
def test_a_hyperparameter_takes_its_bounds_and_nothing_beyond(api, kind, slug, one):
    for value in (one.low, one.high):
        assert api.get(f"/api/descent/learning-rates?{kind}={slug}&{one.key}={value:.17g}").status_code == 200
    beyond = (one.low - 1, one.high + 1) if one.whole else (one.low - 1e-9, one.high + 1e-9)
    for value in beyond:
        error = error_of(api.get(f"/api/descent?{kind}={slug}&{one.key}={value:.17g}"), 422, one.key)
        assert "out of range" in error["message"]
        assert f"from {one.low:g} to {one.high:g}" in error["hint"]


JSON_VALUES = [
    ("batch", "true", {"landscape": "straight-line"}),
    ("batch", '"8"', {"landscape": "straight-line"}),
    ("batch", "8.5", {"landscape": "straight-line"}),
    ("batch", "[8]", {"landscape": "straight-line"}),
    ("batch", "1e300", {"landscape": "straight-line"}),
    ("centred", "true", {"optimizer": "rmsprop"}),
    ("centred", "false", {"optimizer": "rmsprop"}),
    ("centred", '"1"', {"optimizer": "rmsprop"}),
    ("centred", "0.5", {"optimizer": "rmsprop"}),
    ("drops", "true", {"schedule": "step"}),
    ("drops", "2.5", {"schedule": "step"}),
    ("warmup", "true", {}),
    ("patience", "false", {}),
    ("min_change", "true", {"patience": 3}),
    ("epsilon", '"1e-8"', {"optimizer": "adam"}),
    ("beta1", "true", {"optimizer": "adam"}),
    ("peak", "[0.5]", {"schedule": "one-cycle"}),
    ("start", "57", {"landscape": "fence"}),
    ("start", '"57"', {"landscape": "fence"}),
    ("start", "[]", {"landscape": "fence"}),
    ("start", "[57, 0]", {"landscape": "fence"}),
    ("domain", "[0, 1, 2, 3]", {"landscape": "fence"}),
]


@pytest.mark.parametrize(("key", "text", "more"), JSON_VALUES, ids=[f"{key} {text}" for key, text, _ in JSON_VALUES])
def test_a_json_value_of_another_kind_is_refused(api, key, text, more):
    body = f"{json.dumps(more)[:-1]}{', ' if more else ''}{json.dumps(key)}: {text}}}"
    error_of(api.post("/api/descent", body.encode()), 422, key)


def test_a_whole_number_may_be_written_with_a_point(api):
    body = {"landscape": "straight-line", "batch": 8, "warmup": 3, "patience": 5, "schedule": "step", "drops": 2}
    written = {key: float(value) if isinstance(value, int) else value for key, value in body.items()}
    assert api.post("/api/descent", written).content == api.post("/api/descent", body).content


@pytest.mark.parametrize("text", NO_NUMBER.values(), ids=NO_NUMBER.keys())
def test_what_is_no_finite_number_is_refused(api, text):
    for key in NUMERIC:
        error_of(api.get(f"/api/descent?{key}={text}"), 422, key)


@pytest.mark.parametrize("text", ["", "%20", "+", "%09%0a", "%E2%80%83"])
def test_an_empty_value_is_refused(api, text):
    for key in QUERY_KEYS:
        assert "empty" in error_of(api.get(f"/api/descent?{key}={text}"), 422, key)["message"]


@pytest.mark.parametrize("key", LATER)
def test_a_key_whose_part_comes_later_is_unknown_for_now(api, key):
    assert "not a known key" in error_of(api.get(f"/api/descent?{key}=1"), 422, key)["message"]
    assert "not a known key" in error_of(api.post("/api/descent", {key: 1}), 422, key)["message"]


@pytest.mark.parametrize("text", BAD_VALUES.values(), ids=BAD_VALUES.keys())
def test_a_bad_json_value_is_refused(api, text):
    # As names, these are like others.
    is_name = text in [BAD_VALUES[kind] for kind in ("a number as text", "markup", "a line break")]
    # And this is a point.
    is_point = text == BAD_VALUES["nested lists"]
    # And these are no names with numbers.
    is_nothing = text == BAD_VALUES["an empty object"]
    fine = ({"name"} if is_name else set()) | ({"data"} if is_point else set()) | ({*NAMED} if is_nothing else set())
    for key in set(KEYS) - fine:
        error_of(api.post("/api/descent", f'{{"{key}": {text}}}'.encode()), 422, key)
    error_of(api.post("/api/descent/stream", f'{{"start": {text}}}'.encode()), 422, "start")


@pytest.mark.parametrize(("body", "key", "message", "hint"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_bad_body_is_refused(api, body, key, message, hint):
    for route in ("/api/descent", "/api/descent/stream"):
        error = error_of(api.post(route, body), 422, key)
        assert message in error["message"]
        assert hint in error["hint"]


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x" * 999]
)
def test_a_body_of_another_content_type_is_refused(api, kind):
    response = api.ask("POST", "/api/descent", content=b"{}", headers={"content-type": kind})
    assert "application/json" in error_of(response, 422, None)["hint"]


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8"])
def test_json_is_read_however_its_type_is_written(api, kind):
    assert api.ask("POST", "/api/descent", content=b"{}", headers={"content-type": kind}).status_code == 200


def test_a_body_of_the_full_size_is_read(api):
    assert api.post("/api/descent", b"{}" + b" " * 65_534).status_code == 200


def test_a_post_with_a_query_is_refused_rather_than_half_read(api):
    assert "body" in error_of(api.ask("POST", "/api/descent?steps=5", content=b"{}", headers=JSON), 422)["message"]


@pytest.mark.parametrize("length", [2_000, 8_000])
def test_a_long_text_that_is_no_number_is_refused_at_once(api, length):
    response = api.get(f"/api/descent?learning_rate={'1' * length}x")
    error_of(response, 422, "learning_rate")
    assert response.elapsed.total_seconds() < 0.4


STEPS = [
    ("walk=1", "walk", "out of range"),
    ("walk=-1", "walk", "out of range"),
    ("starts=3&walk=3", "walk", "out of range"),
    ("first=-1", "first", "out of range"),
    ("first=201", "first", "out of range"),
    ("first=1.5", "first", "whole number"),
    ("count=0", "count", "out of range"),
    ("count=1001", "count", "out of range"),
    ("count=", "count", "empty"),
    ("count=nan", "count", "whole number"),
    ("count=99999999999999999999999", "count", "out of range"),
    ("walk=0&walk=0", "walk", "more than once"),
    ("count=1&count=2", "count", "more than once"),
    ("fist=1", "fist", "not a known key"),
]


@pytest.mark.parametrize(("query", "key", "message"), STEPS, ids=[query for query, *_ in STEPS])
def test_the_steps_route_refuses_bad_keys_of_its_own(api, query, key, message):
    assert message in error_of(api.get(f"/api/descent/steps?{query}"), 422, key)["message"]


def test_the_steps_route_reads_percent_encoded_names_like_every_other(api):
    assert api.get("/api/descent/steps?%63ount=1").content == api.get("/api/descent/steps?count=1").content


def test_the_steps_route_tells_its_own_keys_to_who_misspells_one(api):
    assert "first" in error_of(api.get("/api/descent/steps?fist=1"), 422, "fist")["hint"]


SURFACE = [
    ("bowl", "resolution=1", "resolution"),
    ("bowl", "resolution=401", "resolution"),
    ("bowl", "resolution=1e-2", "resolution"),
    ("bowl", "resolution=", "resolution"),
    ("bowl", "resolution=9&resolution=9", "resolution"),
    ("bowl", "shape=0", "shape"),
    ("bowl", "shape=nan", "shape"),
    ("saddle", "shape=1", "shape"),
    ("fence", "domain=0,1,0,1", "domain"),
    ("fence", "domain=1", "domain"),
    ("fence", "shape=1", "shape"),
    ("bowl", "domain=1,2", "domain"),
    ("bowl", "domain=0,0,0,0", "domain"),
    ("bowl", "domain=-1e308,1e308,-1e308,1e308", "domain"),
    ("bowl", "steps=5", "steps"),
]


@pytest.mark.parametrize(("slug", "query", "key"), SURFACE, ids=[f"{slug} {query}" for slug, query, _ in SURFACE])
def test_the_surface_refuses_bad_keys(api, slug, query, key):
    error_of(api.get(f"/api/landscapes/{slug}/surface?{query}"), 422, key)


@pytest.mark.parametrize("route", ["landscapes", "optimizers", "schedules", "keys", "lessons"])
def test_a_registry_reads_no_key(api, route):
    error_of(api.get(f"/api/{route}?x=1"), 422, "x")


def test_a_landscape_reads_its_shape_alone(api):
    error_of(api.get("/api/landscapes/bowl?steps=5"), 422, "steps")
    error_of(api.get("/api/landscapes/saddle?shape=1"), 422, "shape")


@pytest.mark.parametrize("tail", ["", "/surface"])
def test_an_unknown_landscape_is_not_found_and_the_nearest_is_named(api, tail):
    error = error_of(api.get(f"/api/landscapes/bowll{tail}"), 404, "landscape")
    assert "Did you mean bowl?" in error["hint"]


NOTHING = [
    *("/nothing", "/api", "/api/", "/api/nothing", "/API/descent", "//api/descent", "/api/descent;a=b", "/redoc"),
    *(
        "/api/maps",
        "/api/maps/basin",
        "/api/maps/basins/",
        "/api/export/csv",
        "/oembed?url=x",
        "/api/surface?formula=x",
    ),
    *(
        "/%FF",
        "/%00",
        "/%",
        "/%3Cscript%3E",
        "/a%0d%0aSet-Cookie:x=1",
        "/api/landscapes/%00",
        "/api/landscapes/..%2f..",
    ),
    *(
        "/thumbnails",
        "/thumbnails/",
        "/thumbnails/0123456789ab",
        "/thumbnails/%3Cscript%3E",
        "/thumbnails/" + "x" * 9_000,
    ),
    *("/static", "/static/", "/static/x.js", "/" + "x" * 9_000, "/api/landscapes/" + "x" * 9_000),
]


@pytest.mark.parametrize("path", NOTHING, ids=lambda path: path[:40])
def test_where_nothing_is_the_answer_has_the_one_form(api, path):
    response = api.get(path)
    error_of(response, 404)
    assert "set-cookie" not in response.headers


TRAVERSALS = [
    *(
        "../app/main.py",
        "..%2f..%2fapp/main.py",
        "%2e%2e/%2e%2e/app/main.py",
        "js/../../app/main.py",
        "%00",
        "js/%00.js",
    ),
    *("..%5c..%5capp", "%2fetc/passwd", "//etc/passwd", "js", "js/", "x" * 5_000, "x/" * 2_000, "%FF"),
]


@pytest.mark.parametrize("path", TRAVERSALS, ids=lambda path: path[:30])
def test_nothing_but_static_files_is_found_below_static(api, path):
    error_of(api.get(f"/static/{static_version()}/{path}"), 404)


@pytest.mark.parametrize("path", ["/api/descent/", "/lessons/", "/docs/", "/api/landscapes/bowl/"])
def test_a_slash_too_many_leads_to_the_route_or_to_nothing(api, path):
    response = api.get(path)
    if response.status_code == 307:
        assert response.headers["location"].endswith(path.rstrip("/"))
    else:
        error_of(response, 404)


METHODS = [
    ("/", {"GET", "HEAD"}),
    ("/lessons", {"GET", "HEAD"}),
    ("/examples", {"GET", "HEAD"}),
    ("/docs", {"GET", "HEAD"}),
    ("/healthz", {"GET", "HEAD"}),
    ("/thumbnails/0123456789ab", {"GET", "HEAD"}),
    ("/openapi.json", {"GET", "HEAD"}),
    ("/api/landscapes", {"GET", "HEAD"}),
    ("/api/landscapes/bowl", {"GET", "HEAD"}),
    ("/api/landscapes/bowl/surface", {"GET", "HEAD"}),
    ("/api/descent", {"GET", "HEAD", "POST"}),
    ("/api/descent/stream", {"GET", "HEAD", "POST"}),
    ("/api/descent/steps", {"GET", "HEAD", "POST"}),
    ("/api/descent/learning-rates", {"GET", "HEAD", "POST"}),
    ("/api/descent/race", {"GET", "HEAD", "POST"}),
    ("/api/descent/sweep", {"GET", "HEAD", "POST"}),
    ("/api/descent/theory", {"GET", "HEAD", "POST"}),
    ("/api/descent/sharpness", {"GET", "HEAD", "POST"}),
    ("/api/descent/surface", {"GET", "HEAD", "POST"}),
    ("/api/maps/basins", {"GET", "HEAD", "POST"}),
    ("/api/maps/rates", {"GET", "HEAD", "POST"}),
]


@pytest.mark.parametrize(("path", "allowed"), METHODS, ids=[path for path, _ in METHODS])
def test_an_unknown_method_is_answered_with_those_that_are_known(api, path, allowed):
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"):
        response = api.ask(method, path)
        error = error_of(response, 405)
        named = {word.strip() for word in response.headers["allow"].split(",")}
        # HEAD is answered wherever GET is; it need not be named.
        assert named | {"HEAD"} == allowed
        assert all(word in error["hint"] for word in allowed - {"HEAD"})


def test_a_static_file_names_the_methods_it_knows(api):
    error = error_of(api.ask("POST", f"/static/{static_version()}/early.js"), 405)
    assert "GET" in error["hint"]


@pytest.mark.parametrize(
    "accept",
    ["application/json", "*/*", "", "application/x-ndjson", "text/html;q=0", "application/json, text/html;q=0.1"],
)
def test_no_html_is_sent_where_json_was_asked_for(api, accept):
    error_of(api.get("/nothing", headers={"accept": accept}), 404)
    error_of(api.get("/api/descent?steps=0", headers={"accept": accept}), 422, "steps")


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_an_error_page_and_the_api_never_sends_one(api):
    response = api.get("/<script>alert(1)</script>", headers={"accept": BROWSER})
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text
    error_of(api.get("/api/nothing", headers={"accept": BROWSER}), 404)
    error_of(api.get("/api/descent?steps=0", headers={"accept": BROWSER}), 422, "steps")


# ── Limits


AT_REST = "optimizer=gradient-descent&learning_rate=1&shape=1"


def test_two_million_points_are_answered_and_one_more_walker_is_not(api):
    assert api.get(f"/api/descent?{AT_REST}&starts=20&steps=99999").status_code == 200
    error = error_of(api.get(f"/api/descent?{AT_REST}&starts=21&steps=99999"), 422, "steps")
    assert "2000000 points" in error["message"]


def test_an_answer_that_is_too_large_says_how_to_ask_for_less(api):
    keys = {"optimizer": "gradient-descent", "learning_rate": 1, "shape": 1, "starts": 512, "steps": 100_000}
    error = error_of(api.post("/api/descent", keys), 422, "steps")
    assert "At most 3905 steps with 512 walkers, or 19 walkers with 100000 steps" in error["hint"]
    for least, refused in (({"steps": 3905}, {"steps": 3906}), ({"starts": 19}, {"starts": 20})):
        assert api.post("/api/descent/stream", keys | least).status_code == 200
        error_of(api.post("/api/descent/stream", keys | refused), 422, "steps")


def weight_by_hand(landscape, optimizer):
    """What the contract counts a step as: a formula once, data by the ten points, and as often as a method asks.

    A network counts ten times, and its points by the fifty weights.
    """
    data, network = LANDSCAPES[landscape].data, LANDSCAPES[landscape].network
    once = 10 + len(network) * network.size // 50 if network else 1 + (len(data) // 10 if data else 0)
    return once * {"line-search": 8, "bfgs": 32, "sam": 2}.get(optimizer, 1)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_what_a_step_costs_limits_how_many_there_may_be(landscape):
    for optimizer in OPTIMIZERS:
        entry = LANDSCAPES[landscape]
        if OPTIMIZERS[optimizer].needs_hessian and (entry.network or not entry.smooth):
            continue
        keys = {"landscape": landscape, "optimizer": optimizer}
        weight = weight_by_hand(landscape, optimizer)
        assert make_request(keys).step_work == weight
        most = min(2_000_000, 20_000_000 // weight)
        for starts in (20, 37, 512):
            steps = min(100_000, most // starts - 1)
            assert make_request({**keys, "starts": starts, "steps": steps}).points <= most
            if steps == 100_000:
                continue
            with pytest.raises(ApiError) as refused:
                make_request({**keys, "starts": starts, "steps": steps + 1})
            error = refused.value
            assert (error.key, error.status) == ("steps", 422)
            assert f"more than {most} points" in error.message
            walkers = most // (steps + 2)
            assert (
                f"At most {steps} steps with {starts} walkers, or {walkers} walkers with {steps + 1} steps"
                in error.hint
            )
            assert make_request({**keys, "starts": walkers, "steps": steps + 1}).points <= most
            with pytest.raises(ApiError):
                make_request({**keys, "starts": walkers + 1, "steps": steps + 1})


@pytest.mark.parametrize("route", READERS)
def test_a_request_that_costs_too_much_is_refused_though_it_has_few_points(api, route):
    query = "landscape=straight-line&optimizer=line-search&learning_rate=1&starts=512&steps="
    error = error_of(api.get(f"{route}?{query}813"), 422, "steps")
    assert "more than 416666 points" in error["message"]
    assert "At most 812 steps with 512 walkers, or 511 walkers with 813 steps" in error["hint"]
    assert make_request(read_query(f"{query}812".encode())).points == 512 * 813
    cheap = query.replace("line-search", "adam").replace("straight-line", "bowl")
    assert api.get(f"/api/descent/learning-rates?{cheap}813").status_code == 200


@pytest.mark.parametrize("route", [route for route in READERS if not route.endswith("learning-rates")])
def test_a_busy_server_says_when_to_come_back(api, monkeypatch, route):
    monkeypatch.setattr(busy, "most_answers", 0)
    response = api.get(f"{route}?steps=5")
    error_of(response, 503)
    assert int(response.headers["retry-after"]) >= 1
    assert busy.answers == 0


def test_points_held_in_memory_are_limited_and_streams_hold_none(api, monkeypatch):
    monkeypatch.setattr(busy, "most_points", 5)
    assert api.get("/api/descent?steps=4").status_code == 200
    error_of(api.get("/api/descent?steps=5"), 503)
    assert lines(api.get("/api/descent/stream?steps=5").content)[-1] == {"kind": "done"}
    assert (busy.answers, busy.points) == (0, 0)


def test_a_busy_server_still_answers_what_the_client_has_already(api, monkeypatch):
    tag = api.get("/api/descent?steps=5").headers["etag"]
    monkeypatch.setattr(busy, "most_answers", 0)
    assert api.get("/api/descent?steps=5", headers={"if-none-match": tag}).status_code == 304


# ── What goes wrong on the way


def broken(*arguments):
    yield from ()
    raise RuntimeError("broken for a test")


def test_a_crash_has_the_one_form_and_the_headers_of_every_answer(api, monkeypatch):
    monkeypatch.setattr(responses, "records", broken)
    response = api.get("/api/descent?steps=5")
    error_of(response, 500)
    assert "broken" not in response.text
    assert "content-security-policy" in response.headers
    assert busy.answers == 0


def test_a_stream_that_fails_ends_with_an_error_line_and_without_done(api, monkeypatch):
    real = responses.records

    def breaking(wanted):
        for count, record in enumerate(real(wanted)):
            if count == 3:
                raise RuntimeError("broken for a test")
            yield record

    monkeypatch.setattr(responses, "records", breaking)
    records = lines(api.get("/api/descent/stream?steps=500&tolerance=0").content)
    assert (records[0]["kind"], records[-1]["kind"]) == ("start", "error")
    assert "done" not in {record["kind"] for record in records}
    assert set(records[-1]) == {"kind", "message"}
    assert "broken" not in records[-1]["message"]
    assert busy.answers == 0


HUGE = ("1e308", "1.7976931348623157e308", "1e154")


OVERFLOWS = covering(
    list(LANDSCAPES),
    list(OPTIMIZERS),
    possible=lambda landscape, optimizer: LANDSCAPES[landscape].smooth or not OPTIMIZERS[optimizer].needs_hessian,
)


@pytest.mark.parametrize(("landscape", "optimizer"), OVERFLOWS)
def test_overflow_is_an_outcome_and_never_a_failure(api, landscape, optimizer):
    low, high = LANDSCAPES[landscape].domain.reach()
    far = ",".join(map(repr, (high[0], *low[1:])))
    thorough = landscape in ("bowl", "peaks", "fence")
    for rate in HUGE if thorough else HUGE[:1]:
        # A network's error has no maximum.
        goal = "minimize" if LANDSCAPES[landscape].network else "maximize"
        for more in (f"start={far}", "noise=1e300", f"goal={goal}&starts=30", f"start={far}&starts=30"):
            query = f"landscape={landscape}&optimizer={optimizer}&learning_rate={rate}&steps=60&tolerance=0&{more}"
            answer = read(api.get(f"/api/descent?{query}").content)
            for walk in answer["walks"]:
                assert walk["summary"]["outcome"] in ("diverged", "out_of_steps", "stalled")
                assert not re.search(r"(?i)(?<![a-z])(nan|inf|infinity|none)(?![a-z])", walk["summary"]["message"])
            if thorough:
                assert lines(api.get(f"/api/descent/stream?{query}").content)[-1] == {"kind": "done"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_numbers_of_a_step_are_told_however_small_or_large_they_are(api, optimizer):
    for rate in ("5e-324", "1e-300", "1e300"):
        for more in (
            "",
            "&schedule=linear&warmup=3",
            "&starts=30&walk=29",
            "&landscape=fence",
            "&start=0,0&noise=1e300",
        ):
            query = f"optimizer={optimizer}&learning_rate={rate}&tolerance=0&steps=9{more}"
            answer = api.get(f"/api/descent/steps?{query}")
            assert answer.status_code == 200, query
            assert read(answer.content)["steps"]


@pytest.mark.parametrize("starts", [1, 30])
def test_noise_that_overflows_is_an_outcome_too(api, starts):
    query = f"noise=1.7e308&steps=60&starts={starts}"
    assert {walk["summary"]["outcome"] for walk in api.walks(noise=1.7e308, steps=60, starts=starts)} == {"diverged"}
    assert lines(api.get(f"/api/descent/stream?{query}").content)[-1] == {"kind": "done"}


@pytest.mark.parametrize("starts", [1, 30])
def test_a_walk_whose_value_is_not_finite_has_diverged_whatever_the_tolerance(api, starts):
    walks = api.walks(
        optimizer="gradient-descent", learning_rate=1e300, start=[8e6, 6e6], starts=starts, tolerance=1.7e308, noise=1
    )
    for walk in walks:
        assert None not in walk["loss"] or walk["summary"]["outcome"] == "diverged"
        assert " inf" not in walk["summary"]["message"]
        assert " nan" not in walk["summary"]["message"]


# ── The page


def notices(page):
    """Return the texts of the visible notices."""

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.depth, self.texts = 0, []

        def handle_starttag(self, tag, attributes):
            attributes = dict(attributes)
            if attributes.get("id") == "notices":
                self.depth = 1
            elif self.depth and tag not in ("br", "img", "input"):
                self.depth += 1
                if "notice" in (attributes.get("class") or "").split():
                    self.texts.append("")

        def handle_endtag(self, tag):
            self.depth = max(0, self.depth - 1)

        def handle_data(self, data):
            if self.depth and self.texts:
                self.texts[-1] += data

    reader = Reader()
    reader.feed(page.text)
    return reader.texts


PAGES = [
    ("steps=0", ["steps"]),
    ("stepz=5", ["stepz"]),
    ("landscape=nothing", ["landscape"]),
    ("start=1,2,3", ["start"]),
    ("start=1e9,1e9", ["start"]),
    ("noise=", ["noise"]),
    ("noise=nan&tolerance=inf&seed=-1", ["noise", "tolerance", "seed"]),
    ("restarts=2&schedule=constant", ["restarts"]),
    ("optimizer=gradient-descent&momentum=0.5&dampening=0.5", ["momentum", "dampening"]),
    ("formula=x**2&run=adm", ["formula", "run=adm"]),
    ("landscape=fence&start=1,2&domain=1,2,3,4", ["start", "domain"]),
    ("landscape=kink&optimizer=newton", ["optimizer"]),
    ("landscape=straight-line&optimizer=newton&batch=8", ["batch"]),
    ("batch=8&min_change=0.1&centred=2&drops=0&peak=1", ["batch", "min_change", "centred", "drops", "peak"]),
    ("warmup=300", ["warmup"]),
    ("starts=512&steps=100000", ["steps"]),
    ("steps=5&steps=6", ["steps"]),
    ("landscape=%FF", ["landscape"]),
    ("%3Cscript%3Ealert(1)%3C/script%3E=1", ["<script>alert(1)</script>"]),
    ("landscape=%3Cscript%3Ealert(1)%3C/script%3E", ["landscape"]),
    ("goal=%22onload=%22alert(1)", ["goal"]),
    ("goal=%3C/script%3E%3C!--", ["goal"]),
]


@pytest.mark.parametrize(("query", "named"), PAGES, ids=[query for query, _ in PAGES])
def test_the_page_opens_with_one_line_that_names_each_bad_key(api, query, named):
    response = api.get(f"/?{query}", headers={"accept": BROWSER})
    assert response.status_code == 200
    (text,) = notices(response)
    assert all(key in text for key in named)
    for markup in ("<script>alert", '"onload', "</script><!--", '""onload'):
        assert markup not in response.text


def test_the_page_shows_the_default_of_a_bad_key_and_keeps_the_good_ones(api):
    link = api.get("/?steps=0&landscape=saddle&seed=7").headers["link"]
    assert link.startswith("</api/descent?landscape=saddle&seed=7>;")


def test_the_page_shows_the_default_of_a_repeated_key_as_its_notice_says(api):
    page = api.get("/?steps=5&steps=6")
    assert "default is shown" not in notices(page)[0] or page.headers["link"].startswith("</api/descent>;")


def test_a_query_that_is_too_long_for_the_page_is_not_passed_over_in_silence(api):
    page = api.get(f"/?steps=5&{'x' * 9000}")
    assert page.status_code == 200
    assert notices(page)


def test_thousands_of_bad_keys_do_not_make_a_page_of_megabytes(api):
    page = api.get("/?" + "a&" * 4000)
    assert page.status_code == 200
    assert notices(page)
    assert len(page.content) < 500_000


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&&&",
        "learning_rate=1e308",
        "noise=1e308",
        "tolerance=1e308",
        "domain=0,1e-15,0,1e-15",
        "domain=-3999999,3999999,-2,3",
        "landscape=peaks&domain=1e6,2e6,1e6,2e6",
        "landscape=plateau&domain=1e6,2e6,1e6,2e6",
        "landscape=saddle&goal=maximize&learning_rate=1e308&starts=30",
        "starts=512&steps=30",
        "steps=100000&tolerance=0",
        "landscape=fence&domain=-9e7,9e7",
        "landscape=fence&domain=50,50.0000001",
        "landscape=kink&learning_rate=1e308&starts=512&steps=30",
        "landscape=shoulder&shape=-1&domain=0,1e-15&noise=1e300",
        "landscape=pasture-squared&domain=-4e6,3e6,-1e8,1.4e8&start=3e6,1e8&optimizer=adam",
        "landscape=logistic&domain=-5e6,5e6,-5e6,5e6&optimizer=line-search&learning_rate=1e300",
        "landscape=straight-line&batch=1&optimizer=lion&starts=30&noise=1e308",
        "landscape=rastrigin&optimizer=newton&starts=512&steps=30",
    ],
)
def test_the_page_opens_at_every_valid_extreme(api, query):
    page = api.get(f"/?{query}")
    assert page.status_code == 200
    assert notices(page) == []


def test_json_of_an_error_is_written_for_every_unknown_text(api):
    name = '\u2028 \U0001f600 " \\ é'
    error = error_of(api.post("/api/descent", json.dumps({name: 1}).encode()), 422)
    assert error["key"] == name
