"""Races: runs side by side that can be compared, what each of them reached, and the sweep that tunes one."""

import math
import random
from itertools import pairwise

import pytest
from pydantic import TypeAdapter

from app.answers.records import RaceAnswer, Record, SweepAnswer
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.errors import ApiError
from app.request.keys import RUN_KEYS
from app.request.making import make_request
from app.request.reading import read_query
from tests.web.asking import as_query, error_of, lines, read

RACES = [
    "landscape=rosenbrock&steps=60&run=adam,learning_rate:0.1&run=nesterov&run=newton,learning_rate:1",
    "landscape=two-valley&starts=3&noise=0.1&seed=4&run=momentum:0.5&run=momentum:0.99,noise:0&run=lion",
    "landscape=rastrigin&starts=30&steps=40&optimizer=adam&run=adam,learning_rate:0.3,beta1:0.5&run=adagrad,hidden:1",
    "landscape=straight-line&optimizer=gradient-descent&steps=30&run=adam,batch:5&run=momentum,batch:50&run=newton",
    "landscape=himmelblau&restarts=2&growth=2&run=adam,restarts:0&run=adam,schedule:constant&run=rmsprop,schedule:step",
    "landscape=kink&patience=5&min_change=0.1&run=adam,patience:0&run=nadam,steps:7",
    "landscape=fence&warmup=10&run=adam,schedule:one-cycle&run=adam,warmup:3,name:a%20short%20warm-up",
    "landscape=logistic&batch=5&run=line-search,learning_rate:1&run=gradient-descent,batch:0",
]


def race_of(api, query):
    response = api.get(f"/api/descent?{query}")
    assert response.status_code == 200, response.text
    return read(response.content)


def without(walk, *keys):
    return {key: value for key, value in walk.items() if key not in keys}


# ── The runs of a picture


@pytest.mark.parametrize("query", RACES)
def test_each_run_of_a_race_is_the_walk_of_its_own_query_to_the_last_bit(api, query):
    answer = race_of(api, query)
    starts = answer["request"]["starts"]
    assert list(answer) == ["request", "query", "runs", "walks"]
    assert [(walk["run"], walk["walker"]) for walk in answer["walks"]] == [
        (run, walker) for run in range(len(answer["runs"])) for walker in range(starts)
    ]
    budget = answer["request"]["steps"] * cost(answer["request"])
    for run, record in enumerate(answer["runs"]):
        alone = race_of(api, record["query"])
        assert (record["run"], record["request"], record["query"]) == (run, alone["request"], alone["query"])
        assert "runs" not in alone
        for mine, own in zip(answer["walks"][run * starts :], alone["walks"], strict=False):
            assert mine["label"] == record["label"] == own["label"]
            if mine["summary"]["stopped_by"] == "budget":
                # A line search pays for each of its tries, and alone it may go on.
                last = len(mine["step"])
                assert own["evaluations"][last - 1] >= budget > own["evaluations"][last - 2]
                assert all(mine[key] == own[key][:last] for key in ("x", "y", "loss", "evaluations") if key in mine)
            else:
                assert without(mine, "run") == without(own, "run")


def cost(request):
    """Return what a gradient costs: its data points."""
    data = LANDSCAPES[request["landscape"]].data
    return request["batch"] or (len(data) if data else 1)


@pytest.mark.parametrize("query", RACES)
def test_all_runs_begin_at_the_same_starts_with_the_same_seed(api, query):
    answer = race_of(api, query)
    shared = ("landscape", "shape", "domain", "goal", "start", "starts", "seed")
    for record in answer["runs"]:
        assert all(record["request"][key] == answer["request"][key] for key in shared)
    starts = answer["request"]["starts"]
    places = [(walk["x"][0], walk.get("y", [0])[0]) for walk in answer["walks"]]
    assert places == places[:starts] * len(answer["runs"])


@pytest.mark.parametrize("query", RACES)
def test_no_run_spends_more_than_the_first_ones_steps_cost_by_more_than_a_step(api, query):
    answer = race_of(api, query)
    budget = answer["request"]["steps"] * cost(answer["request"])
    for walk in answer["walks"]:
        assert len(walk["evaluations"]) == 1 or walk["evaluations"][-2] < budget
    for record in answer["runs"][1:]:
        run = record["request"]
        if run["optimizer"] != "line-search":
            assert run["steps"] * cost(run) <= budget


def test_a_run_of_mini_batches_takes_as_many_steps_as_the_same_evaluations_pay_for(api):
    query = "landscape=straight-line&optimizer=gradient-descent&steps=20&tolerance=0&run=gradient-descent,batch:7"
    whole, batches = race_of(api, query)["walks"]
    # 20 steps of 50 points each are 1 000 points, which pay for 142 batches of 7.
    assert (whole["evaluations"][-1], whole["step"][-1]) == (1000, 20)
    assert (batches["evaluations"][-1], batches["step"][-1]) == (994, 142)
    assert read(api.get(f"/api/descent?{query}").content)["runs"][1]["request"]["steps"] == 142


def test_a_line_search_is_cut_when_its_tries_have_used_the_evaluations_up(api):
    query = "landscape=rosenbrock&optimizer=gradient-descent&steps=30&run=line-search,learning_rate:1"
    _, walk = race_of(api, query)["walks"]
    assert walk["summary"]["stopped_by"] == "budget"
    assert walk["summary"]["outcome"] == "out_of_steps"
    assert walk["evaluations"][-2] < 30 <= walk["evaluations"][-1] == walk["summary"]["evaluations"]
    assert "the race's budget of evaluations, 30, is spent" in walk["summary"]["message"]
    alone = race_of(api, "landscape=rosenbrock&optimizer=line-search&learning_rate=1&steps=30")["walks"][0]
    assert alone["summary"]["stopped_by"] != "budget"


def test_what_the_first_run_has_and_no_meaning_with_the_other_is_not_taken_over(api):
    answer = race_of(api, "momentum=0.5&schedule=cosine&floor=0.2&name=first&run=adam,schedule:step&run=nesterov")
    adam, nesterov = (record["request"] for record in answer["runs"][1:])
    assert (adam["momentum"], adam["floor"], adam["drops"], adam["name"]) == (None, 0.2, 4, None)
    assert (nesterov["momentum"], nesterov["schedule"], nesterov["floor"], nesterov["name"]) == (
        0.5,
        "cosine",
        0.2,
        None,
    )


def test_a_runs_name_is_its_label_and_otherwise_its_settings_are(api):
    answer = race_of(api, "learning_rate=0.2&name=The%20first&run=adam,learning_rate:0.05&run=adam,name:A%20%25+b:c")
    assert [record["label"] for record in answer["runs"]] == ["The first", "Adam, learning rate 0.05", "A % b:c"]


@pytest.mark.parametrize("query", RACES[:4])
def test_the_stream_of_a_race_names_its_runs_and_joined_is_the_plain_answer(api, query):
    answer = race_of(api, query)
    start, *records = lines(api.get(f"/api/descent/stream?{query}").content)
    assert start["runs"] == answer["runs"]
    assert start["walks"] == [{key: walk[key] for key in ("run", "walker", "label")} for walk in answer["walks"]]
    for number, walk in enumerate(answer["walks"]):
        mine = [record for record in records if record.get("walk") == number]
        assert [record["kind"] for record in mine] == ["chunk"] * (len(mine) - 1) + ["end"]
        for key in ("step", "x", "loss", "learning_rate", "evaluations"):
            assert [value for chunk in mine[:-1] for value in chunk[key]] == walk[key]
        assert mine[-1]["summary"] == walk["summary"]
    for record in (start, *records):
        TypeAdapter(Record, config={"extra": "forbid"}).validate_python(record)


def test_all_runs_of_a_stream_start_moving_at_once(api):
    query = "steps=2000&tolerance=0&starts=2&run=adam&run=nesterov"
    chunks = [record["walk"] for record in lines(api.get(f"/api/descent/stream?{query}").content) if "step" in record]
    assert sorted(chunks[:6]) == list(range(6))


def test_the_steps_route_counts_the_walks_of_all_runs_and_the_steps_of_each(api):
    query = "landscape=straight-line&optimizer=gradient-descent&steps=3&tolerance=0&run=gradient-descent,batch:5"
    answer = race_of(api, query)
    (step,) = read(api.get(f"/api/descent/steps?{query}&walk=1&first=29&count=1").content)["steps"]
    walk = answer["walks"][1]
    assert (step["step"], len(step["batch"])) == (29, 5)
    assert step["quantities"]["point"] == [walk["x"][29], walk["y"][29]]
    assert step["quantities"]["point_next"] == [walk["x"][30], walk["y"][30]]
    error_of(api.get(f"/api/descent/steps?{query}&walk=1&first=31"), 422, "first")
    error_of(api.get(f"/api/descent/steps?{query}&walk=0&first=4"), 422, "first")
    error_of(api.get(f"/api/descent/steps?{query}&walk=2"), 422, "walk")


# ── The query


NAMES = ["a", "Adam: quick", "50 %", "a+b&c=d", "é😀", "x;y/z?#", "100%25", "«quoted» \"'", "run=adam", "[]{}", "%2C"]


def random_race(dice):
    """Return keys of a picture with some runs, each with some settings and perhaps an odd name."""
    runs = []
    for _ in range(dice.randrange(1, 9)):
        optimizer = dice.choice(list(OPTIMIZERS.values()))
        run = {"optimizer": optimizer.slug} if dice.random() < 0.8 else {}
        most = 50 // (optimizer.gradients if run else 1)
        for one in optimizer.hyperparameters if run else ():
            if dice.random() < 0.4:
                run[one.key] = int(one.default) if one.whole else dice.uniform(one.low, one.high)
        more = {
            "learning_rate": 10 ** dice.uniform(-9, 2),
            "noise": dice.choice([0.0, 0.1, 1e-17]),
            "tolerance": dice.choice([0.0, 1e-300]),
            "patience": dice.randrange(9),
            "name": dice.choice(NAMES),
            "hidden": dice.choice([0, 1]),
            "steps": dice.randrange(1, most + 1),
            "schedule": dice.choice(["constant", "cosine", "one-cycle"]),
            "restarts": dice.choice([0, 0, 2]),
        }
        if not OPTIMIZERS[run.get("optimizer", "momentum")].needs_all_data:
            more["batch"] = 50
        run |= {key: value for key, value in more.items() if dice.random() < 0.3}
        if run.get("restarts"):
            run |= {"schedule": "linear", "growth": 1.5, "steps": most}
        runs.append(run)
    keys = {"landscape": "straight-line", "steps": 50, "starts": dice.choice([1, 3]), "seed": dice.randrange(9)}
    if dice.random() < 0.5:
        keys |= {"name": dice.choice(NAMES), "axis": "evaluations", "theory": 1, "hidden": 1}
    if dice.random() < 0.5:
        keys |= {"map": "basins", "map_run": dice.randrange(len(runs) + 1), "resolution": dice.choice([2, 256, 33])}
        if dice.random() < 0.5:
            keys["window"] = [dice.uniform(-9, 0), dice.uniform(1, 9), -1e-17, 1e22 / 1e20]
    return {**keys, "runs": runs}


def test_reading_a_written_race_gives_the_same_race():
    dice, seen = random.Random(8), set()
    for _ in range(100):
        keys = random_race(dice)
        request = make_request(keys)
        again = make_request(read_query(request.query.encode()))
        assert again == request, keys
        assert again.query == request.query
        assert [run.query for run in again.each_run] == [run.query for run in request.each_run]
        canonical = {key: value for key, value in request.canonical.items() if value is not None}
        assert make_request(canonical) == request
        seen.update(*request.canonical["runs"])
    assert seen >= {"optimizer", "name", "hidden", "learning_rate", "batch", "steps", "schedule", "restarts", "growth"}
    assert seen <= set(RUN_KEYS)


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_name_survives_the_way_through_an_address_and_a_body(api, name):
    body = {"steps": 2, "name": name, "runs": [{"optimizer": "adam", "name": name}]}
    posted = read(api.post("/api/descent", body).content)
    assert {record["label"] for record in posted["runs"]} == {name}
    assert api.get(f"/api/descent?{posted['query']}").content == api.post("/api/descent", body).content


def test_a_name_is_kept_without_the_spaces_around_it(api):
    assert api.answer(steps=2, name="  a b ", runs=[{"name": " c "}])["query"] == "steps=2&name=a+b&run=name:c"


def test_a_run_that_repeats_the_first_is_written_by_its_optimizer(api):
    answer = api.answer(steps=5, optimizer="adam", runs=[{}, {"optimizer": None}])
    assert answer["query"] == "optimizer=adam&steps=5&run=adam&run=adam"
    assert read(api.get(f"/api/descent?{answer['query']}").content) == answer


def test_a_body_lists_its_runs_as_objects_and_is_the_same_race(api):
    body = {"steps": 9, "runs": [{"optimizer": "adam", "learning_rate": 0.05}, {"momentum": 0.5, "steps": 4.0}]}
    answer = api.post("/api/descent", body)
    assert (
        api.get("/api/descent?steps=9&run=adam,learning_rate:0.05&run=momentum:0.5,steps:4").content == answer.content
    )
    assert read(answer.content)["request"]["runs"][1] == {"momentum": 0.5, "steps": 4}


def test_a_run_has_its_optimizers_default_learning_rate_unless_one_is_given(api):
    usual = read(api.get("/api/landscapes/himmelblau").content)["learning_rates"]

    def rates(query):
        return [run["request"]["learning_rate"] for run in race_of(api, f"landscape=himmelblau&{query}")["runs"]]

    runs = "run=newton&run=adadelta&run=adam"
    assert rates(runs) == [usual[slug] for slug in ("momentum", "newton", "adadelta", "adam")]
    assert len({*rates(runs)}) == 4
    assert rates("optimizer=newton&run=adam") == [usual["newton"], usual["adam"]]
    # What is given is given for all, also where it is the first one's default.
    assert rates("learning_rate=0.02&run=newton") == [0.02, 0.02]
    assert rates(f"learning_rate={usual['momentum']}&run=newton") == [usual["momentum"], usual["momentum"]]
    assert rates("learning_rate=0.02&run=newton,learning_rate:1") == [0.02, 1]


def test_a_default_learning_rate_that_is_given_stays_with_the_runs_that_took_it_over(api):
    usual = read(api.get("/api/landscapes/himmelblau").content)["learning_rates"]
    given, own = usual["momentum"], usual["adam"]
    for query, short, whole in (
        (f"learning_rate={given}&run=adam", f"run=adam,learning_rate:{given}", {}),
        ("run=adam", "run=adam", {"learning_rate": own}),
        (f"run=adam,learning_rate:{own}", "run=adam", {"learning_rate": own}),
        (f"learning_rate=0.5&run=adam,learning_rate:{own}",) * 2 + ({"learning_rate": own},),
        ("learning_rate=0.5&run=adam", "learning_rate=0.5&run=adam", {}),
    ):
        answer = api.get(f"/api/descent?landscape=himmelblau&steps=2&{query}").json()
        expected = f"landscape=himmelblau&{short}".replace("&run", "&steps=2&run")
        assert answer["query"] == expected
        assert answer["request"]["runs"] == [{"optimizer": "adam", **whole}]


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("landscape=rosenbrock&optimizer=gradient-descent", 1e-6, 10),
        ("landscape=rosenbrock&optimizer=newton", 1e-3, 100),
        ("landscape=rosenbrock&optimizer=gradient-descent&run=adadelta&of=1", 1e-2, 1000),
    ],
)
def test_a_sweep_looks_three_decades_below_the_runs_default_and_two_above_up_to_10_at_least(api, query, low, high):
    tried = read(api.get(f"/api/descent/sweep?{query}&steps=20").content)["learning_rate"]
    assert (tried[0], tried[-1]) == (pytest.approx(low), pytest.approx(high))


# ── What was reached


def reached_by_hand(record, walk, goal):
    """Return after how many evaluations a hundredth and a ten-thousandth of the way was left, by plain loops: for the
    first time, and for good.
    """
    found = []
    for part in (0.01, 0.0001):
        near = near_by_hand(record, walk, goal, part)
        first = next((spent for is_near, spent in zip(near, walk["evaluations"], strict=True) if is_near), None)
        found.append({"part": part, "evaluations": first, "stayed": stayed_by_hand(near, walk["evaluations"])})
    return found


def near_by_hand(record, walk, goal, part):
    """Return for each iterate whether no more than the part was left of the way from the first loss to the best."""
    sign = 1 if goal == "minimize" else -1
    kind = "global_minimum" if goal == "minimize" else "maximum"
    best = min((sign * place["value"] for place in record["stationary_points"] if place["kind"] == kind), default=None)
    if best is None:
        return [False] * len(walk["loss"])
    target = best + part * max(sign * walk["loss"][0] - best, 0)
    return [loss is not None and sign * loss <= target for loss in walk["loss"]]


def stayed_by_hand(near, evaluations):
    """Return after how many evaluations a walk was so near for good, None where it was not at its end."""
    stayed = None
    for is_near, spent in zip(reversed(near), reversed(evaluations), strict=True):
        if not is_near:
            break
        stayed = spent
    return stayed


@pytest.mark.parametrize(
    "query",
    [
        *RACES,
        "landscape=fence&run=adam,learning_rate:5",
        "landscape=shoulder&run=adam",
        "landscape=bowl&learning_rate=3&run=adam",
        "landscape=quadratic&start=0,0",
        "landscape=peaks&goal=maximize&starts=30&steps=300&optimizer=gradient-descent",
    ],
)
def test_what_a_walk_reached_is_what_a_plain_loop_finds(api, query):
    answer = race_of(api, query)
    record = read(api.get(f"/api/landscapes/{answer['request']['landscape']}").content)
    for walk in answer["walks"]:
        assert walk["summary"]["reached"] == reached_by_hand(record, walk, answer["request"]["goal"])


def quartile(values, quarter):
    """Return the least value that so many quarters of all do not exceed; what never came counts as the largest."""
    ranked = sorted(math.inf if value is None else value for value in values)
    found = next(value for value in ranked if 4 * sum(other <= value for other in ranked) >= quarter * len(ranked))
    return None if found == math.inf else found


@pytest.mark.parametrize("query", [*RACES, "landscape=two-valley&starts=60&steps=400", "learning_rate=3&starts=9"])
def test_the_comparison_is_that_of_the_walks(api, query):
    answer = race_of(api, query)
    compared = read(api.get(f"/api/descent/race?{query}").content)
    TypeAdapter(RaceAnswer).validate_python({**compared, "request": make_request(read_query(query.encode())).canonical})
    assert (compared["request"], compared["query"]) == (answer["request"], answer["query"])
    starts, goal = answer["request"]["starts"], answer["request"]["goal"]
    count = 1 + len(answer["request"]["runs"])
    assert [one["run"] for one in sorted(compared["runs"], key=lambda one: one["run"])] == list(range(count))
    for one in compared["runs"]:
        walks = answer["walks"][one["run"] * starts :][:starts]
        ends = [walk["summary"] for walk in walks]
        assert (one["walkers"], one["label"]) == (starts, walks[0]["label"])
        for key, of in (("outcomes", "outcome"), ("places", "place")):
            found = [end[of] or "unknown" for end in ends]
            assert one[key] == {name: found.count(name) / starts for name in sorted(set(found))}
        best = {"minimize": "global_minimum", "maximize": "maximum"}[goal]
        assert one["success"] == sum(end["place"] == best for end in ends) / starts
        for key, of in (("reached", "evaluations"), ("stayed", "stayed")):
            for index, counted in enumerate(one[key]):
                spent = [end["reached"][index][of] for end in ends]
                assert counted["part"] == (0.01, 0.0001)[index]
                assert counted["share"] == sum(value is not None for value in spent) / starts
                assert [counted[name] for name in QUARTERS] == [quartile(spent, quarter) for quarter in (1, 2, 3)]
        parts = one["bands"]["part"]
        for stayed in one["stayed"]:
            level = min(range(len(parts)), key=lambda at: abs(parts[at] - stayed["part"]))
            assert [one["bands"][name][level] for name in QUARTERS] == [stayed[name] for name in QUARTERS]
        losses = [end["loss"] for end in ends]
        assert [one["loss"][name] for name in QUARTERS] == [quartile(losses, quarter) for quarter in (1, 2, 3)]
        check_bands(
            one["bands"], walks, read(api.get(f"/api/landscapes/{answer['request']['landscape']}").content), goal
        )


QUARTERS = ("lower", "median", "upper")


def check_bands(bands, walks, record, goal):
    """Check a few levels of the bands with a loop over the walks, and that all of them rise."""
    assert bands["part"] == sorted(bands["part"], reverse=True)
    assert (bands["part"][0], bands["part"][-1]) == (1, pytest.approx(1e-8))
    for level in (0, 3, 17, 40):
        near = [near_by_hand(record, walk, goal, bands["part"][level]) for walk in walks]
        spent = [stayed_by_hand(*one) for one in zip(near, (walk["evaluations"] for walk in walks), strict=True)]
        assert [bands[name][level] for name in QUARTERS] == [quartile(spent, quarter) for quarter in (1, 2, 3)]
    for name in QUARTERS:
        rising = [math.inf if value is None else value for value in bands[name]]
        assert rising == sorted(rising)


# ── The sweep


SWEEPS = [
    "landscape=bowl&optimizer=gradient-descent",
    "landscape=two-valley&optimizer=adam&starts=5&steps=150",
    "landscape=fence&optimizer=momentum",
    "landscape=peaks&goal=maximize&optimizer=nesterov&steps=60",
    "landscape=rastrigin&optimizer=gradient-descent&starts=30&steps=40",
    "landscape=shoulder&optimizer=gradient-descent&steps=50",
    "landscape=rosenbrock&optimizer=newton&steps=20",
]


@pytest.mark.parametrize("query", SWEEPS)
def test_the_best_of_a_sweep_is_the_best_of_what_it_lists_and_each_is_its_walks(api, query):
    swept = read(api.get(f"/api/descent/sweep?{query}").content)
    request = make_request(read_query(query.encode()))
    TypeAdapter(SweepAnswer).validate_python({**swept, "request": request.canonical})
    assert swept["query"] == request.query
    record = read(api.get(f"/api/landscapes/{request.landscape.slug}").content)
    rates = swept["learning_rate"]
    assert rates == sorted(set(rates))
    rows = [
        dict(zip(("rate", "share", "evaluations", "loss"), row, strict=True))
        for row in zip(rates, swept["share"], swept["evaluations"], swept["loss"], strict=True)
    ]
    # Each fifth or so, and those around the best.
    middle = rates.index(swept["best"]["learning_rate"])
    for row in [*rows[::7], *rows[max(middle - 2, 0) : middle + 3]]:
        walks = read(api.get(f"/api/descent?{as_query({**keys_of(request), 'learning_rate': row['rate']})}").content)[
            "walks"
        ]
        assert row == {"rate": row["rate"], **tried(record, walks, swept["part"], request.goal)}, row["rate"]
    best = rows[middle]
    assert swept["best"] == {
        "learning_rate": best["rate"],
        **{key: best[key] for key in ("share", "evaluations", "loss")},
    }
    sign = 1 if request.goal == "minimize" else -1
    finite = [row for row in rows if row["loss"] is not None]
    if swept["part"] is None:
        assert sign * best["loss"] == min(sign * row["loss"] for row in finite)
    else:
        assert best["share"] == max(swept["share"])
        assert best["evaluations"] == least(row["evaluations"] for row in rows if row["share"] == best["share"])


def least(values):
    """Return the smallest of the values, None where all of them never came."""
    return min((value for value in values if value is not None), default=None)


def keys_of(request):
    return {key: value for key, value in request.canonical.items() if value is not None and key != "runs"}


def tried(record, walks, part, goal):
    """Return what a sweep tells of one learning rate, from its walks: how many stayed so near, and what that took."""
    sign = 1 if goal == "minimize" else -1
    heights = [math.inf if w["summary"]["outcome"] == "diverged" else sign * w["loss"][-1] for w in walks]
    middle = quartile([None if height == math.inf else height for height in heights], 2)
    row = {"share": 0, "evaluations": None, "loss": None if middle is None else sign * middle}
    if part is None:
        return row
    spent = [stayed_by_hand(near_by_hand(record, walk, goal, part), walk["evaluations"]) for walk in walks]
    return row | {"share": sum(one is not None for one in spent) / len(walks), "evaluations": quartile(spent, 2)}


def test_a_sweep_looks_closer_where_it_is_best(api):
    swept = read(api.get("/api/descent/sweep?landscape=bowl&optimizer=gradient-descent").content)
    rates, best = swept["learning_rate"], swept["best"]["learning_rate"]
    # Theory's best for curvatures 1/4 and 1 is 2/(1/4 + 1); what is asked for is near that.
    assert best == pytest.approx(1.6, rel=0.3)
    gaps = [math.log10(b / a) for a, b in pairwise(rates)]
    assert min(gaps) < max(gaps) / 5
    assert min(abs(math.log10(rate / best)) for rate in rates if rate != best) == pytest.approx(min(gaps), rel=0.01)


def test_a_lucky_crossing_of_a_walk_that_does_not_stay_is_not_what_is_counted(api):
    """Adam on Rosenbrock's valley at 1.47 crosses the line after 3 evaluations and goes above it again until 127."""
    query = "landscape=rosenbrock&optimizer=adam"
    walk = race_of(api, f"{query}&learning_rate=1.4677992676220675")["walks"][0]
    assert walk["summary"]["reached"][0] == {"part": 0.01, "evaluations": 3, "stayed": 128}
    line = 0.01 * walk["loss"][0]
    assert [walk["loss"][3] <= line, walk["loss"][127] > line, max(walk["loss"][128:]) <= line] == [True] * 3
    swept = read(api.get(f"/api/descent/sweep?{query}").content)
    best = race_of(api, f"{query}&learning_rate={swept['best']['learning_rate']!r}")["walks"][0]
    spent, part = int(swept["best"]["evaluations"]), swept["part"]
    assert max(best["loss"][spent:]) <= part * best["loss"][0] < best["loss"][spent - 1]


def test_a_race_at_the_best_learning_rate_counts_what_its_sweep_has_counted(api):
    shares = []
    for optimizer in ("momentum", "adam", "line-search"):
        query = f"landscape=two-valley&starts=9&steps=150&optimizer={optimizer}"
        swept = read(api.get(f"/api/descent/sweep?{query}").content)
        best = swept["best"]
        race = read(api.get(f"/api/descent/race?{query}&learning_rate={best['learning_rate']!r}").content)["runs"][0]
        stayed = next(one for one in race["stayed"] if one["part"] == swept["part"])
        assert (stayed["median"], stayed["share"]) == (best["evaluations"], best["share"])
        assert race["loss"]["median"] == best["loss"]
        shares.append(best["share"])
    assert min(shares) < 0.5 < sorted(shares)[1] < max(shares) == 1


def test_where_fewer_than_half_of_the_walkers_stay_near_a_sweep_has_no_median_over_all(api):
    swept = read(api.get("/api/descent/sweep?landscape=rastrigin&optimizer=adam&starts=30").content)
    assert 0 < swept["best"]["share"] < 0.5
    assert swept["best"]["evaluations"] is None
    assert swept["best"]["share"] == max(swept["share"])


# ── Bad input, on every route that reads it


BAD = [
    # query, what is said to be wrong, what is said to be right
    ("run=", "empty", "Leave run out"),
    ("run=,", "A part of it is empty", "Leave it out"),
    ("run=adam,", "A part of it is empty", "Leave it out"),
    ("run=adam,learning_rate:", "learning_rate is empty", "Leave it out"),
    ("run=:5", "is not a known key", "optimizer"),
    ("run=adamm", "adamm is not known", "Did you mean run=adam?"),
    ("run=adam,adam", "adam is a second optimizer", "Did you mean run=adam&run=adam?"),
    ("run=adam,noise:1,noise:1", "noise is given more than once", "once"),
    ("run=adam,nois:1", "nois is not a known key", "Did you mean run=adam,noise:1?"),
    ("run=adam,run:adam", "run is not a known key", "optimizer"),
    ("run=adam,map:rates", "map is not a known key", "optimizer"),
    ("run=adam,seed:3", "seed is the same for all runs", "beside the runs"),
    ("run=adam,landscape:bowl", "landscape is the same for all runs", "beside the runs"),
    ("run=adam,start:1", "start is the same for all runs", "beside the runs"),
    ("run=adam,learning_rate:nan", "learning_rate=nan is not a number", "above 0"),
    ("run=adam,learning_rate:1e999", "too large", "above 0"),
    ("run=adam,learning_rate:-0", "learning_rate=0.0 is out of range", "above 0"),
    ("run=adam,noise:-1", "out of range", "at least 0"),
    ("run=adam,steps:0", "out of range", "from 1 to 100000"),
    ("run=adam,steps:1.5e0", "not a whole number", "from 1 to 100000"),
    ("run=adam,steps:201", "201 steps cost more than the 200 evaluations", "At most 200"),
    ("run=line-search,steps:1000", "1000 steps cost more", "At most 200"),
    ("landscape=straight-line&steps=20&run=adam,batch:7,steps:143", "143 steps cost more than the 1000", "At most 142"),
    ("landscape=straight-line&batch=1&steps=10&run=adam,batch:50", "cost more than the 10", "A smaller batch, or more"),
    ("run=adam,momentum:0.5", "not used by optimizer=adam", "nesterov"),
    ("run=adam,beta1:2", "out of range", "from 0 to 0.9999"),
    ("run=adam,batch:5", "not made from data", "straight-line"),
    ("landscape=straight-line&run=newton,batch:5", "no meaning with optimizer=newton", "momentum"),
    ("landscape=kink&run=newton", "needs a Hessian", "without kinks"),
    ("run=adam,restarts:2,schedule:constant", "nothing is annealed", "cosine"),
    ("run=adam,growth:2", "without restarts", "Set restarts"),
    ("run=adam,min_change:1", "without patience", "Set patience"),
    ("run=adam,hidden:2", "out of range", "from 0 to 1"),
    ("run=adam,name:" + "x" * 41, "not what name takes", "Up to 40"),
    ("run=adam,name:%00", "is no name", "no comma"),
    ("run=adam,name:%E2%80%AE", "is no name", "no comma"),
    ("run=%FF", "UTF-8", "UTF-8"),
    ("&".join(["run=adam"] * 9), "9 times", "At most 8"),
]
ROUTES = [f"/api/{name}" for name in ("descent", "descent/stream", "descent/race", "descent/theory", "maps/rates")]
ROUTES += ["/api/descent/sharpness", "/api/descent/surface"]


@pytest.mark.parametrize(("query", "message", "hint"), BAD, ids=[query[:50] for query, *_ in BAD])
def test_a_bad_run_is_refused_and_said_to_be_the_run(api, query, message, hint):
    for route in ROUTES:
        error = error_of(api.get(f"{route}?{query}"), 422, "run")
        assert message in error["message"]
        assert hint in error["hint"]


BAD_RUNS = [
    ('"adam"', "runs"),
    ("{}", "runs"),
    ("[1]", "runs"),
    ("[null]", "runs"),
    ("[[]]", "runs"),
    ('["adam"]', "runs"),
    ("[" + ",".join(["{}"] * 9) + "]", "runs"),
    ('[{"optimizer": 5}]', "runs"),
    ('[{"optimizer": ["adam"]}]', "runs"),
    ('[{"optimizer": {}}]', "runs"),
    ('[{"schedule": [1]}]', "runs"),
    ('[{"learning_rate": "0.1"}]', "runs"),
    ('[{"learning_rate": true}]', "runs"),
    ('[{"learning_rate": [0.1]}]', "runs"),
    ('[{"learning_rate": 1' + "0" * 400 + "}]", "runs"),
    ('[{"steps": 5.5}]', "runs"),
    ('[{"restarts": "x"}]', "runs"),
    ('[{"runs": [{}]}]', "runs"),
    ('[{"map": "rates"}]', "runs"),
    ('[{"name": ["x"]}]', "runs"),
    ('[{"name": "a,b"}]', "runs"),
    ('[{"name": "\\ud800"}]', "runs"),
    ('[{"hidden": true}]', "runs"),
    ('[{"": 1}]', "runs"),
    ('[{"__proto__": 1}]', "runs"),
    ('[{"optimizer": "adam", "optimizer": "adam"}]', "optimizer"),
]


@pytest.mark.parametrize(("text", "key"), BAD_RUNS, ids=[text[:40] for text, _ in BAD_RUNS])
def test_a_bad_list_of_runs_is_refused(api, text, key):
    for route in ("/api/descent", "/api/descent/stream"):
        error_of(api.post(route, f'{{"runs": {text}}}'.encode()), 422, key)


@pytest.mark.parametrize("depth", [100, 450, 700, 900, 980])
@pytest.mark.parametrize(
    "value", ['{"start": %s}', '{"runs": %s}', '{"runs": [{"noise": %s}]}', '{"runs": [{"optimizer": %s}]}']
)
def test_json_nested_however_deep_is_refused(api, value, depth):
    for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        error_of(api.post("/api/descent", (value % text).encode()), 422)


PICTURE = [
    ("axis=steps", "axis", "step or evaluations"),
    ("axis=", "axis", "Leave axis out"),
    ("theory=2", "theory", "from 0 to 1"),
    ("theory=true", "theory", "from 0 to 1"),
    ("hidden=-1", "hidden", "from 0 to 1"),
    ("map=basin", "map", "basins or rates"),
    ("name=a,b", "name", "no comma"),
    ("name=" + "x" * 41, "name", "Up to 40"),
]


@pytest.mark.parametrize(("query", "key", "hint"), PICTURE, ids=[query for query, *_ in PICTURE])
def test_a_bad_key_of_the_picture_is_refused(api, query, key, hint):
    assert hint in error_of(api.get(f"/api/descent?{query}"), 422, key)["hint"]


@pytest.mark.parametrize("keys", [{"axis": "evaluations"}, {"theory": 1}, {"hidden": 1}, {"map": "rates"}])
def test_what_only_the_page_shows_changes_no_number(api, keys):
    assert api.walks(**keys, starts=2) == api.walks(starts=2)


def test_the_sweep_of_a_run_of_a_race_has_the_races_budget(api):
    race = "landscape=rosenbrock&optimizer=gradient-descent&steps=200&run=line-search"
    swept = read(api.get(f"/api/descent/sweep?{race}&of=1").content)
    alone = read(api.get("/api/descent/sweep?landscape=rosenbrock&optimizer=line-search&steps=200").content)
    assert max(filter(None, alone["evaluations"])) > 300, "without a budget each step's probes are paid for"
    assert max(filter(None, swept["evaluations"])) <= 200 + 60
    best = swept["best"]["learning_rate"]
    summary = api.walks(
        landscape="rosenbrock",
        optimizer="gradient-descent",
        steps=200,
        runs=[{"optimizer": "line-search", "learning_rate": best}],
    )[1]["summary"]
    stayed = {entry["part"]: entry["stayed"] for entry in summary["reached"]}
    assert stayed[swept["part"]] == swept["best"]["evaluations"]


def test_a_sweep_of_a_run_that_is_not_there_is_refused(api):
    error = error_of(api.get("/api/descent/sweep?run=adam&of=2"), 422, "of")
    assert "0 to 1" in error["hint"]


@pytest.mark.parametrize("query", ["landscape=bowl", "landscape=pasture-squared&optimizer=line-search"])
def test_a_sweep_too_large_says_how_many_steps_would_do(api, query):
    error = error_of(api.get(f"/api/descent/sweep?{query}&starts=512&steps=400"), 422, "steps")
    most = int(error["hint"].partition("At most ")[2].partition(" ")[0])
    assert 1 <= most < 400
    again = error_of(api.get(f"/api/descent/sweep?{query}&starts=512&steps={most + 1}"), 422, "steps")
    assert again["hint"] == error["hint"]


def test_a_race_too_large_says_what_would_do(api):
    keys = {"optimizer": "gradient-descent", "starts": 19, "steps": 100_000, "runs": [{"optimizer": "adam"}]}
    error = error_of(api.post("/api/descent", keys), 422, "steps")
    assert "2 runs × 19 walkers × 100000 steps" in error["message"]
    assert "At most 52630 steps with 19 walkers, or 9 walkers with 100000 steps" in error["hint"]
    for least, refused in (({"steps": 52630}, {"steps": 52631}), ({"starts": 9}, {"starts": 10})):
        assert make_request(keys | least).points <= 2_000_000
        with pytest.raises(ApiError):
            make_request(keys | refused)


# ── The page keeps what is good


LENIENT = [
    # query, what is kept, what is said of what is not
    ("run=adam&run=nadam&map=rates&map_run=2", "map=rates&map_run=2&run=adam&run=nadam", []),
    ("run=adam&run=nadam&stepz=5", "run=adam&run=nadam", ["stepz"]),
    ("run=adam&run=foo&run=nadam", "run=adam&run=nadam", ["foo"]),
    ("run=adam&run=nadam,noise:x", "run=adam", ["noise=x"]),
    ("run=adam&map=rates&map_run=2", "map=rates&run=adam", ["map_run=2"]),
    ("run=foo&map=rates&map_run=1&run=adam", "map=rates&map_run=1&run=adam", ["foo"]),
    ("window=0,1,0,1&steps=5", "steps=5", ["window"]),
    ("map=nothing&resolution=9", "", ["map=nothing", "resolution"]),
    ("map=rates&window=3,1&resolution=5000", "map=rates", ["window", "resolution"]),
    ("optimizer=newton&run=momentum&map=rates&map_run=1&window=0.1,1,0,0.5", None, []),
    ("&".join(["run=adam"] * 9), "&".join(["run=adam"] * 8), ["runs"]),
    ("name=a,b&seed=3", "seed=3", ["name"]),
]


@pytest.mark.parametrize(("query", "kept", "said"), LENIENT, ids=[query for query, *_ in LENIENT])
def test_the_page_keeps_the_good_runs_and_names_the_bad(api, query, kept, said):
    page = api.get(f"/?{query}")
    assert page.status_code == 200
    kept = query if kept is None else kept
    if kept:
        assert read_query(page.headers["link"].partition("?")[2].partition(">")[0].encode()) == read_query(
            kept.encode()
        )
    else:
        assert page.headers["link"].startswith("</api/descent>")
    shown = page.text.partition('id="notices"')[2].partition("</main>")[0]
    assert shown.count('class="notice') == min(1, len(said))
    assert all(part in shown for part in said)
