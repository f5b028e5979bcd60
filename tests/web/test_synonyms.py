"""What people call things elsewhere: what is taken as it is, and hints that point the right way and are right."""

import random
import re
import time
from html import unescape
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.lessons import LESSONS
from app.request.errors import ApiError
from app.request.keys import KEYS, PARTS, QUERY_KEYS, RUN_KEYS
from app.request.lenient import likely_query, make_request_leniently
from app.request.making import make_request
from app.request.reading import read_query
from app.request.synonyms import KEYS as KEY_NAMES
from app.request.synonyms import MOST, SLUGS, folded, near
from app.web.trackers import without_trackers
from tests.web.asking import error_of, read

TABLES = {"landscape": LANDSCAPES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
CHOICES = {"goal": ("minimize", "maximize"), "axis": ("step", "evaluations"), "map": ("basins", "rates")}


def asked(query):
    """Return the request of a query that is written as people write it, percent signs aside."""
    return make_request(read_query(quote(query, safe="=&").encode()))


def complaint(query):
    """Return what is wrong with a query, or None."""
    try:
        make_request(read_query(query))
    except ApiError as error:
        return error
    return None


# ── The table


def test_every_meaning_is_one_and_no_name_of_the_contract_is_a_synonym():
    assert not {folded(key) for key in QUERY_KEYS} & KEY_NAMES.keys() - {"run", "runs"}
    for name, meanings in {**KEY_NAMES, **SLUGS}.items():
        assert name == folded(name) != ""
        assert 0 < len(meanings) <= MOST
        assert len(set(meanings)) == len(meanings)
        for meaning in meanings:
            key, sign, _ = meaning.partition("=")
            if sign:
                assert make_request(read_query(meaning.encode())), meaning
            else:
                assert key in {*QUERY_KEYS, *KEYS} or meaning in ("/lessons", "/examples", "/docs"), (name, meaning)
    for name, meanings in SLUGS.items():
        for meaning in meanings:
            key = meaning.partition("=")[0]
            if key in TABLES:
                assert name not in {folded(slug) for slug in TABLES[key]}, name


WRONG_KEYS = {
    # The issue's
    "lr": "learning_rate", "eps": "epsilon", "epochs": "steps", "iterations": "steps", "x": "start",
    "lesson": "/lessons", "examples": "/examples",
    # and others
    "alpha": "learning_rate", "eta": "learning_rate", "stepsize": "learning_rate", "step_size": "learning_rate",
    "LR": "learning_rate", "learningRate": "learning_rate", "learning-rate": "learning_rate",
    "initial_lr": "learning_rate",
    "iters": "steps", "n_steps": "steps", "max_iter": "steps", "maxIter": "steps", "num_epochs": "steps", "T": "steps",
    "tol": "tolerance", "mu": "momentum", "rho": "decay", "gamma": "momentum", "wd": "weight_decay",
    "l2": "weight_decay",
    "batch_size": "batch", "func": "landscape", "function": "landscape", "loss": "landscape", "x0": "start",
    "y": "start",
    "init": "start", "opt": "optimizer", "optimiser": "optimizer", "method": "optimizer", "scheduler": "schedule",
    "betas": "beta1", "beta_1": "beta1", "eta_min": "floor", "sigma": "noise", "random_state": "seed", "kappa": "shape",
    "xlim": "domain", "bounds": "domain", "n_walkers": "starts", "early_stopping": "patience",
    "warm_restarts": "restarts",
    "centered": "centred", "nesterov": "optimizer=nesterov", "adam": "optimizer=adam", "runs": "run", "heatmap": "map",
    "objective": "goal", "initial_learning_rate": "learning_rate", "stepz": "steps", "momentun": "momentum",
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_a_key_that_is_called_otherwise_elsewhere_is_pointed_to_the_right_one(api, key):
    error = error_of(api.get(f"/api/descent?{key}=1"), 422, key)
    assert error["hint"].startswith(f"Did you mean {WRONG_KEYS[key]}"), error
    body = error_of(api.post("/api/descent", {key: 1}), 422)["hint"] if key != "runs" else "run"
    assert WRONG_KEYS[key].removesuffix("s") in body


WRONG_SLUGS = {
    "optimizer": {
        "sgd": "gradient-descent or momentum?", "gd": "gradient-descent?", "heavy-ball": "momentum?",
        "polyak": "momentum?",
        "nag": "nesterov?", "SGD": "gradient-descent", "gradient_descent": "gradient-descent?",
        "HeavyBall": "momentum?",
        "ada-grad": "adagrad?", "Ada Delta": "adadelta?", "rms_prop": "rmsprop?", "adam_w": "adamw?",
        "L-BFGS": "bfgs or newton?",
        "steepest-descent": "gradient-descent?", "gradient": "gradient-descent?", "newtons-method": "newton?",
        "adam-optimizer": "adam?", "momentun": "momentum?", "backtracking": "line-search?",
        "cosine": "schedule=cosine?",
        "nesterov-momentum": "nesterov?", "rosenbrock": "landscape=rosenbrock?",
        "batch-gradient-descent": "gradient-descent?",
    },
    "schedule": {
        "cosine-annealing": "cosine?", "warm-restarts": "restarts=3", "sgdr": "restarts=3",
        "CosineAnnealingLR": "cosine?",
        "exponential_decay": "exponential?", "step-decay": "step?", "1cycle": "one-cycle?", "none": "constant?",
        "1/t": "inverse-time?", "OneCycleLR": "one-cycle?", "polynomial": "linear?", "adam": "optimizer=adam?",
    },
    "landscape": {
        "banana": "rosenbrock?", "sphere": "bowl?", "parabola-2d": "parabola?", "egg-crate": "rastrigin?",
        "rosen": "rosenbrock?",
        "double-well": "two-valley", "abs": "kink?", "mse": "pasture-squared", "six_hump_camel": "camel?",
        "tang": "styblinski-tang?",
        "monkey": "monkey-saddle?", "linear-regression": "straight-line?", "cone": "ackley?",
        "sgd": "optimizer=gradient-descent",
        "Himmelblau's function": "himmelblau?", "rosenbrok": "rosenbrock?", "peeks": "peaks?", "saddle-point": "saddle",
    },
    "goal": {"max": "maximize?", "minimise": "minimize?", "ascent": "maximize?"},
    "axis": {"epochs": "step?", "evals": "evaluations?"},
    "map": {"basin": "basins?", "learning_rate": "rates?"},
}  # fmt: skip


@pytest.mark.parametrize(("key", "slug"), [(key, slug) for key, table in WRONG_SLUGS.items() for slug in table])
def test_a_name_that_is_used_elsewhere_is_pointed_to_the_entry_that_is_meant(api, key, slug):
    error = error_of(api.get("/api/descent", params={key: slug}), 422, key)
    assert error["hint"].startswith(f"Did you mean {WRONG_SLUGS[key][slug]}"), error
    if key in TABLES:
        assert error_of(api.post("/api/descent", {key: slug}), 422, key)["hint"] == error["hint"]


def test_what_is_like_nothing_is_told_some_of_what_there_is_and_where_all_are(api):
    for query, where in (
        ("zzz=1", "/docs"),
        ("landscape=zzz", "/api/landscapes"),
        ("optimizer=zzz", "/api/optimizers"),
    ):
        hint = error_of(api.get(f"/api/descent?{query}"), 422)["hint"]
        assert "Did you mean" not in hint
        assert where in hint
    error = error_of(api.get("/api/landscapes/sphere"), 404)
    assert "Did you mean bowl?" in error["hint"]
    assert "Did you mean /lessons/warm-restarts" in error_of(api.get("/lessons/warm_restart"), 404)["hint"]


# ── What is taken


TAKEN = {
    # typed: what it is
    "optimizer=ADAM": "optimizer=adam",
    "optimizer=%20Adam%20": "optimizer=adam",
    "Optimizer=Gradient-Descent": "optimizer=gradient-descent",
    "%20steps%20=%20100%20": "steps=100",
    "landscape=ROSENBROCK&SCHEDULE=Cosine": "landscape=rosenbrock&schedule=cosine",
    "goal=MAXIMIZE&axis=Evaluations": "goal=maximize&axis=evaluations",
    "map=BASINS": "map=basins",
    "steps=1e3": "steps=1000",
    "steps=1E%2B3": "steps=1000",
    "steps=6/2": "steps=3",
    "steps=1000.0": "steps=1000",
    "seed=%207%20": "seed=7",
    "learning_rate=1/3": "learning_rate=0.3333333333333333",
    "learning_rate=%201%20/%204%20": "learning_rate=0.25",
    "learning_rate=1e-1/2": "learning_rate=0.05",
    "momentum=.5": "momentum=0.5",
    "start=1/2,-1/4": "start=0.5,-0.25",
    "start=%201%20,%202%20": "start=1,2",
    "domain=-1/2,1/2,-1,1": "domain=-0.5,0.5,-1,1",
    "map=rates&window=1/100,1/10,0,1/2": "map=rates&window=0.01,0.1,0,0.5",
    "run=ADAM": "run=adam",
    "run=%20Adam%20,%20Learning_Rate%20:%201/4%20": "run=adam,learning_rate:0.25",
    "run=steps:1e2,Schedule:COSINE": "run=schedule:cosine,steps:100",
    "name=%20My%20Name%20": "name=My+Name",
    "starts=2e0&theory=1.0&hidden=3/3": "starts=2&hidden=1&theory=1",
}


@pytest.mark.parametrize("typed", TAKEN)
def test_letter_case_spaces_fractions_and_exponents_are_taken_everywhere_and_normalised(api, typed):
    answer = read(api.get(f"/api/descent?{typed}").content)
    assert answer["query"] == TAKEN[typed]
    assert answer == read(api.get(f"/api/descent?{TAKEN[typed]}").content)
    page = api.get(f"/?{typed}")
    assert 'class="notice"' not in page.text
    assert page.headers["link"].startswith(f"</api/descent?{TAKEN[typed]}>")


def test_a_body_takes_words_in_any_letter_case_and_numbers_as_numbers_alone(api):
    typed = {
        " Optimizer ": " ADAM ",
        "Schedule": "Cosine",
        "GOAL": "Minimize",
        "steps": 1e2,
        "runs": [{"OPTIMIZER": "Lion"}],
    }
    plain = {
        "optimizer": "adam",
        "schedule": "cosine",
        "goal": "minimize",
        "steps": 100,
        "runs": [{"optimizer": "lion"}],
    }
    assert api.post("/api/descent", typed).content == api.post("/api/descent", plain).content
    for key, value in (("steps", "100"), ("learning_rate", "1/3"), ("start", "2,1"), ("start", ["2", "1"])):
        error_of(api.post("/api/descent", {key: value}), 422, key)
    assert "[2, 1]" in error_of(api.post("/api/descent", {"start": "2,1"}), 422, "start")["hint"]
    assert "once" in error_of(api.post("/api/descent", {"steps": 1, "Steps": 1}), 422, "steps")["hint"]
    assert "once" in error_of(api.get("/api/descent?steps=1&Steps=1"), 422, "steps")["hint"]


def test_an_entry_is_found_in_its_path_in_any_letter_case(api):
    for tail in ("", "/surface"):
        assert api.get(f"/api/landscapes/BOWL{tail}").content == api.get(f"/api/landscapes/bowl{tail}").content
    page = api.get("/lessons/Ravine")
    assert page.status_code == 200
    assert '"path":"/lessons/ravine"' in page.text
    assert (
        api.get("/api/descent/steps?first=1e0&Count=4/2").content
        == api.get("/api/descent/steps?first=1&count=2").content
    )
    assert api.get("/api/landscapes/bowl/surface?resolution=1e1&domain=0,1/2,0,1").status_code == 200


# ── Lists and runs


LISTS = {
    "start": {"2;1": "2,1", "(2,1)": "2,1", "[2,1]": "2,1", "2 1": "2,1", "2, 1,": "2,1", "{2; 1}": "2,1",
    "2,5;1,5": "2.5,1.5",
              "x=2,y=1": "2,1", "<2|1>": "2,1", "[[2],[1]]": "2,1", "-2,5 1,5": "-2.5,1.5", "( -2 ; 1e-3 )": "-2,1e-3"},
    "domain": {"-3;3;-2;2": "-3,3,-2,2", "[-3,3],[-2,2]": "-3,3,-2,2", "(-3, 3), (-2, 2)": "-3,3,-2,2",
    "-3 3 -2 2": "-3,3,-2,2",
               "-3:3,-2:2": "-3,3,-2,2", "[-3,3,-2,2]": "-3,3,-2,2", "-1,5;1,5;-1,0;1,0": "-1.5,1.5,-1.0,1.0"},
    "window": {"-3;3;-2;2": "-3,3,-2,2", "[-3,3,-2,2]": "-3,3,-2,2", "(-3,3,-2,2)": "-3,3,-2,2",
    "-3 3 -2 2": "-3,3,-2,2"},
}  # fmt: skip


@pytest.mark.parametrize(("key", "typed"), [(key, typed) for key, table in LISTS.items() for typed in table])
def test_a_list_in_another_form_is_answered_with_its_right_form(api, key, typed):
    with_map = {"map": "basins"} if key == "window" else {}
    error = error_of(api.get("/api/descent", params={key: typed, **with_map}), 422, key)
    form = f"{key}={LISTS[key][typed]}"
    assert f"Write it like {form}:" in error["hint"]
    assert asked("&".join([form, *map("=".join, with_map.items())]))


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize(
    "typed", ["much", "2-1", "(a,b)", "1,2,x", ";", "()", "2,,1", "1.2.3,4", "[" * 300, "1 " * 900, "--2,1"]
)
def test_a_list_that_cannot_be_guessed_is_answered_with_an_example(api, key, typed):
    error = error_of(api.get("/api/descent", params={key: typed}), 422, key)
    (example,) = re.findall(rf"Write it like ({key}=[^:]+):", error["hint"])
    assert asked(f"{example}&map=basins" if key == "window" else example)


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("landscape", ["bowl", "fence"])
def test_a_wrong_count_of_numbers_is_answered_with_an_example_of_the_right_one(api, key, landscape):
    error = error_of(api.get(f"/api/descent?landscape={landscape}&map=basins&{key}=1,2,3"), 422, key)
    (example,) = re.findall(rf"such as ({key}=[-\d.,e]+[\de])", error["hint"])
    assert asked(f"landscape={landscape}&map=basins&{example}")


RUNS = {
    "adam,learning_rate=0.3": "run=adam,learning_rate:0.3",
    "adam;learning_rate:0.3": "run=adam,learning_rate:0.3",
    "adam learning_rate:0.3": "run=adam,learning_rate:0.3",
    "adam, learning_rate = 0.3": "run=adam,learning_rate:0.3",
    "adam(lr=0.3)": "run=adam,learning_rate:0.3",
    "sgd,lr:0.3": "run=gradient-descent,learning_rate:0.3",
    "{'optimizer': 'adam', 'lr': 1/8}": "run=adam,learning_rate:0.125",
    "heavy-ball,mu:0.5": "run=momentum,momentum:0.5",
    "adam,momentum": "run=adam&run=momentum",
    "adam,sgd,nag": "run=adam&run=gradient-descent&run=nesterov",
    "adamm": "run=adam",
    "optimizer=adam": "run=adam",
}


@pytest.mark.parametrize("typed", RUNS)
def test_a_run_in_another_form_is_answered_with_its_right_form(api, typed):
    error = error_of(api.get("/api/descent", params={"run": typed}), 422, "run")
    assert f"Did you mean {RUNS[typed]}?" in error["hint"], error
    assert asked(RUNS[typed])
    page = api.get("/", params={"run": typed})
    assert f'href="?{RUNS[typed].replace("&", "&amp;")}"' in page.text


def test_a_run_with_an_equals_sign_is_not_said_to_have_two_optimizers(api):
    error = error_of(api.get("/api/descent?run=adam,learning_rate=0.3"), 422, "run")
    assert "more than once" not in error["message"]
    assert "colon" in error["message"]
    assert "beside the runs" in error_of(api.get("/api/descent?run=adam,x:1"), 422, "run")["hint"]


# ── Hints


NAMES = {*QUERY_KEYS, *LANDSCAPES, *OPTIMIZERS, *SCHEDULES} - {"map", "starts", "momentum", "steps", "step", "start"}


BAD_QUERIES = [
    *(f"{key}=zzz" for key in QUERY_KEYS),
    *(f"{key}=-1e9" for key in QUERY_KEYS),
    *(
        f"optimizer={slug}&{key}=0.5"
        for slug in OPTIMIZERS
        for key in ("momentum", "epsilon", "beta1", "backtrack", "floor")
    ),
    *(f"landscape={slug}&optimizer=newton&shape=1&batch=3" for slug in LANDSCAPES),
    *(f"schedule={slug}&restarts=2&warmup=3&floor=0.5&peak=0.5" for slug in SCHEDULES),
    *(f"{name}=1" for name in KEY_NAMES),
    *(f"{key}={name}" for key in TABLES for name in SLUGS),
]


def test_no_hint_lists_more_than_five_names_and_what_it_asks_for_is_right():
    for query in BAD_QUERIES:
        error = complaint(quote(query, safe="=&").encode())
        if error is not None:
            names = re.findall(r"[\w-]+(?=,| or |\?| and \d+ more)", error.hint)
            assert len(NAMES & set(names)) <= MOST, (query, error.hint)
            check_question(error.hint)


def check_question(hint):
    """Check that what a hint asks for is a key, a slug, a readable query or the address of a page."""
    for question in re.findall(r"Did you mean ([^?]*)\?", hint):
        for meaning in question.split(" or "):
            if "=" in meaning:
                assert read_query(meaning.encode()), meaning
            else:
                slugs = [
                    *LANDSCAPES,
                    *OPTIMIZERS,
                    *SCHEDULES,
                    *(choice for table in CHOICES.values() for choice in table),
                ]
                further = ("walk", "first", "count", "step", "of")
                known = {
                    *QUERY_KEYS,
                    *KEYS,
                    *RUN_KEYS,
                    *slugs,
                    *further,
                    *PARTS,
                    "0",
                    "end",
                    "/lessons",
                    "/examples",
                    "/docs",
                }
                assert meaning in known, hint


# ── Links


@pytest.mark.parametrize(
    "query",
    [
        *(
            "utm_source=x",
            "utm_campaign=a%20b&UTM_MEDIUM=mail",
            "fbclid=IwAR0",
            "gclid=1",
            "msclkid=1",
            "ref=twitter",
            "mc_cid=1",
        ),
        *(
            "igshid=1",
            "_ga=2.1.3",
            "gbraid=1",
            "wbraid=1",
            "dclid=1",
            "twclid=1",
            "ttclid=1",
            "yclid=1",
            "mc_eid=1",
            "_gl=1",
        ),
        *(
            "li_fat_id=1",
            "igsh=1",
            "_hsenc=1",
            "_hsmi=1",
            "hsa_acc=1",
            "pk_campaign=1",
            "mtm_source=1",
            "srsltid=1",
            "si=1",
        ),
        *(
            "ref_src=twsrc%5Etfw",
            "source=rss",
            "mkt_tok=1",
            "vero_id=1",
            "fb_action_ids=1",
            "gad_source=1",
            "utm_source=%FF",
        ),
        "&".join(f"utm_{number}={'x' * 200}" for number in range(150)),
    ],
    ids=lambda query: query[:20],
)
def test_what_other_sites_add_to_a_link_is_dropped_by_pages_and_unknown_to_the_api(api, query):
    page = api.get(f"/?steps=7&{query}&seed=3")
    assert 'class="notice"' not in page.text
    assert page.headers["link"].startswith("</api/descent?steps=7&seed=3>")
    error_of(api.get(f"/api/descent?{query}"), 422)
    lesson = api.get(f"/lessons/ravine?{query}")
    assert lesson.headers["link"] == api.get("/lessons/ravine").headers["link"], "the lesson's own settings"


def test_no_key_of_ours_and_no_synonym_counts_as_added_by_others():
    for key in (*QUERY_KEYS, "lr", "epochs", "x", "utm"):
        assert without_trackers(f"{key}=1".encode()) == f"{key}=1".encode()
    assert without_trackers(b"a=1&utm_a=2&&%75tm_b=3&b") == b"a=1&&b"
    assert {name for name in KEY_NAMES if without_trackers(name.encode()) == b""} == set()


LINKS = {
    # three faults and more: what was likely meant
    "lr=0.2&optimizer=sgd&epochs=100": "optimizer=gradient-descent&steps=100",
    "lr=0.3&optimizer=sgd&epochs=1e2": "optimizer=gradient-descent&learning_rate=0.3&steps=100",
    "x=2&y=1&opt=adam": "start=2,1&optimizer=adam",
    "xmin=-1&xmax=1&ymin=-2&ymax=2": "domain=-1,1,-2,2",
    "func=banana&start=(1;1)&goal=max": "landscape=rosenbrock&goal=maximize&start=1,1",
    "lr=0.3&steps=0&zzz=1": "learning_rate=0.3",
    "steps=0&zzz=1&landscape=zzz": None,
    "run=adam,lr=0.3&run=sgd&epochs=7": "steps=7&run=adam,learning_rate:0.3&run=gradient-descent",
    "batch_size=8&dataset=straight-line&method=GD": "landscape=straight-line&optimizer=gradient-descent&batch=8",
    "name=%3Cscript%3E&lr=0.3&zzz=%22": "learning_rate=0.3&name=%3Cscript%3E",
}


@pytest.mark.parametrize("query", LINKS)
def test_several_faults_in_a_link_are_one_line_with_a_link_to_what_was_meant(api, query):
    page = api.get(f"/?landscape=bowl&{query}" if "landscape" not in query + str(LINKS[query]) else f"/?{query}")
    assert page.text.count('class="notice"') == 1
    line = page.text.partition('class="notice"')[2].partition("</p>")[0]
    links = [unescape(link) for link in re.findall(r'href="\?([^"]*)"', line)]
    if LINKS[query] is None:
        assert links == []
        return
    assert [dict.fromkeys(parse_qsl(link)) for link in links] != []
    (link,) = links
    right = asked_plain(LINKS[query] if "landscape" in LINKS[query] else f"landscape=bowl&{LINKS[query]}")
    assert asked_plain(link).canonical == right.canonical
    assert 'class="notice"' not in api.get(f"/?{link}").text


def asked_plain(query):
    return make_request(read_query(query.encode()))


def test_a_dozen_faults_are_still_one_short_line(api):
    page = api.get("/?" + "&".join(f"zzz{number}={'y' * 300}" for number in range(12)))
    assert page.text.count('class="notice"') == 1
    line = page.text.partition('class="notice"')[2].partition("</p>")[0]
    assert "And 7 more." in line
    assert len(line) < 1_000


# ── Anything at all


PIECES = [
    *QUERY_KEYS, *KEY_NAMES, *SLUGS, *LANDSCAPES, *OPTIMIZERS, *SCHEDULES, *LESSONS, "utm_source", "walk", "of",
    "first",
    *("=", "=", "=", "&", "&", ",", ":", ";", " ", "%", "%00", "%FF", "+", "/", "1/3", "1e3", "0", "-1", "1", "2.5",
    "nan", "1e999"),
    *("(", ")", "[", "]", "{", "}", '"', "'", "<script>", "é", "９", "\u202e", "..", "\\", "#", "run=", "start=", "?",
    "𝐱", "x" * 99),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_any_query_is_answered_or_refused_with_a_hint_that_is_right(seed):
    dice = random.Random(seed)
    for _ in range(400):
        query = random_query(dice)
        error = complaint(query)
        if error is not None:
            assert error.status == 422
            assert error.message.strip()
            assert error.hint
            assert error.hint.strip()
            check_question(error.hint)
            assert {key for key, _ in error.correction} <= set(QUERY_KEYS)
        else:
            request = make_request(read_query(query))
            assert make_request(read_query(request.query.encode())).canonical == request.canonical
        likely = likely_query(query)
        assert make_request(read_query(likely.encode())).query == likely


def random_query(dice):
    kind = dice.random()
    if kind < 0.4:
        return quote("".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 12))), safe="=&%+,:;").encode()
    pairs = [(dice.choice(PIECES), "".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 4)))) for _ in range(3)]
    if kind < 0.7:
        pairs = [(dice.choice(QUERY_KEYS), dice.choice(PIECES)) for _ in range(dice.randrange(1, 5))]
    return urlencode(pairs).encode()


def test_pages_and_routes_answer_any_query_without_failing(api):
    dice = random.Random(5)
    routes = (
        "/",
        "/lessons/ravine",
        "/api/descent/learning-rates",
        "/api/landscapes/bowl",
        "/api/descent/steps",
        "/api/descent/sharpness",
        "/api/descent/surface",
        "/lessons",
        "/docs",
    )
    for _ in range(150):
        path = f"{dice.choice(routes)}?{random_query(dice).decode()}"
        response = api.get(path)
        assert response.status_code in (200, 404, 422), path


@pytest.mark.parametrize(
    "query",
    [
        "run=" + ",".join(f"a{n}:1" for n in range(900)),
        "&".join(f"run={'abc,' * 11}x{n}" for n in range(99)),
        "&".join(f"qwerty{n}=1" for n in range(99)),
        "&".join(f"start={'1;' * 30}{n}" for n in range(99)),
    ],
    ids=lambda query: query[:12],
)
def test_a_hundred_wrong_names_are_looked_up_in_moments(query):
    began = time.process_time()
    make_request_leniently(query.encode())
    likely_query(query.encode())
    assert time.process_time() - began < 3


def test_names_are_near_by_words_or_by_a_typing_error():
    assert near("monkey", LANDSCAPES) == ["monkey-saddle"]
    assert near("foo", QUERY_KEYS) == []
    assert near("", QUERY_KEYS) == []
    assert near("Learning Rate", QUERY_KEYS) == ["learning_rate"]
