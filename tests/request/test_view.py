"""The keys of how the page shows it: what they take, what is said of all else, and that they change no number."""

import pytest

from app.descent.landscapes import LANDSCAPES
from app.request.errors import ApiError
from app.request.keys import PARTS, VIEW_KEYS
from app.request.lenient import likely_query, make_request_leniently
from app.request.making import make_request
from app.request.reading import read_body, read_query

# As the contract lists them.
LISTED = "landscape,optimizer,step-size,momentum,restarts,more,surface,curves,rule,maps,race,table,sentence,share"
NAMES = LISTED.split(",")


def asked(query):
    return make_request(read_query(query.encode()))


def complaint(query):
    with pytest.raises(ApiError) as raised:
        asked(query)
    assert raised.value.status == 422
    return raised.value


def opened(query):
    """What a page opens with: its query, and what it complains of."""
    request, complaints = make_request_leniently(query.encode())
    return request.query, [one.key for one in complaints]


def test_the_parts_are_those_of_the_contract_in_its_order():
    assert list(PARTS) == NAMES


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("at=0", "at=0"),
        ("at=7", "at=7"),
        ("at=1e3", "at=1000"),
        ("at=%20End%20", "at=end"),
        # After the last step the page shows the end; no number of the answer is another.
        ("at=9007199254740991", "at=9007199254740991"),
        ("view=surface", ""),
        ("view=Theory", "view=theory"),
        ("view=rates", "view=rates"),
        ("landscape=logistic&view=data", "landscape=logistic"),
        ("landscape=logistic&view=surface", "landscape=logistic&view=surface"),
        ("landscape=two-minima&view=rule", "landscape=two-minima&view=rule"),
        # What has the second place, and what the third; the usual is named there.
        ("view=surface,rates", "view=surface,rates"),
        ("view=Theory,%20Rule", "view=theory,rule"),
        ("landscape=logistic&view=data,surface", "landscape=logistic&view=data,surface"),
        ("scale=log", ""),
        ("scale=linear", "scale=linear"),
        ("hide=table,surface", "hide=surface,table"),
        ("hide=table,table,%20Step-Size,", "hide=step-size,table"),
        (f"hide={','.join(reversed(NAMES))}", f"hide={','.join(NAMES)}"),
        ("guess_first=0", ""),
        ("guess_first=1", "guess_first=1"),
        # Before the runs, as in the contract's table.
        ("run=adam&hide=race&at=3", "at=3&hide=race&run=adam"),
    ],
)
def test_each_value_is_written_in_one_way(query, written):
    assert asked(query).query == written
    assert asked(written).canonical == asked(query).canonical


@pytest.mark.parametrize(
    ("query", "key", "hint"),
    [
        ("at=-1", "at", "A whole number from 0, or end."),
        ("at=7.5", "at", "A whole number from 0, or end."),
        ("at=nan", "at", "A whole number from 0, or end."),
        ("at=9007199254740992", "at", "A whole number from 0, or end."),
        ("at=last", "at", "Did you mean end? "),
        ("at=ennd", "at", "Did you mean end? "),
        ("at=start", "at", "Did you mean 0? "),
        ("at=", "at", "Leave at out"),
        ("at=1&at=2", "at", "Give it once."),
        ("view=3d", "view", "Did you mean surface? "),
        ("view=theorie", "view", "Did you mean theory? "),
        ("view=window", "view", "surface or data or rates or theory or rule."),
        ("view=data", "view", "those made from data: "),
        ("view=surface,data", "view", "those made from data: "),
        ("view=surface,theorie", "view", "Did you mean theory? "),
        ("view=surfaces,3-d", "view", "Did you mean surface? "),
        ("view=surface,surface", "view", "Or two different ones, with a comma between."),
        ("view=surface,rates,rule", "view", "Or two different ones, with a comma between."),
        ("view=surface,", "view", "Or two different ones, with a comma between."),
        ("view=,", "view", "Or two different ones, with a comma between."),
        ("third_place=rule", "third_place", "Did you mean view? "),
        ("scale=lin", "scale", "Did you mean linear? "),
        ("scale=7", "scale", "log or linear."),
        ("hide=surfaces", "hide", "Did you mean surface? "),
        ("hide=step_size", "hide", "Did you mean step-size? "),
        ("hide=basins", "hide", "Did you mean maps? "),
        ("hide=xyz", "hide", "The parts are landscape, optimizer, "),
        ("hide=,", "hide", "The parts are landscape, optimizer, "),
        ("guess_first=2", "guess_first", "A whole number from 0 to 1."),
        ("run=adam,at:3", "run", ""),
        ("paused=7", "paused", "Did you mean at? "),
        ("hidden_parts=share", "hidden_parts", "Did you mean hide? "),
        ("yscale=linear", "yscale", "Did you mean scale? "),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(query, key, hint):
    error = complaint(query)
    assert error.key == key
    assert hint in error.hint, error.hint


@pytest.mark.parametrize(
    ("query", "shown", "keys", "likely"),
    [
        # What is known of a list is kept.
        ("hide=surfaces,curves,walls", "hide=curves", ["hide"], "hide=surface,curves"),
        ("hide=walls", "", ["hide"], ""),
        ("hide=curves&hide=share", "", ["hide"], "hide=curves,share"),
        ("at=last&steps=60", "steps=60", ["at"], "steps=60&at=end"),
        ("view=theorie&at=3", "at=3", ["view"], "at=3&view=theory"),
        ("view=data&hide=share", "hide=share", ["view"], "hide=share"),
        # Of two that are named the one that is known is kept.
        ("view=rule,theorie", "view=rule", ["view"], "view=rule,theory"),
        ("view=theorie,rats", "", ["view"], "view=theory,rates"),
        ("view=rule,basins", "view=rule", ["view"], "map=basins&view=rule"),
        ("view=rule,theory,rates", "view=rule,theory", ["view"], "view=rule,theory"),
        ("view=rule,rule", "view=rule", ["view"], "view=rule"),
        # As a later version may write it.
        ("at=3&view=hologram&lens=2&hide=doors,table", "at=3&hide=table", ["lens", "view", "hide"], "at=3&hide=table"),
    ],
)
def test_a_page_opens_with_what_is_known_and_names_what_was_likely_meant(query, shown, keys, likely):
    assert opened(query) == (shown, keys)
    assert likely_query(query.encode()) == likely


def test_a_body_has_the_same_keys_with_the_list_as_a_list():
    body = b'{"at": 7.0, "view": "Rule", "scale": "linear", "hide": ["table", " surface", "table"], "guess_first": 1}'
    query = "at=7&view=rule&scale=linear&hide=surface,table&guess_first=1"
    assert make_request(read_body(body)).query == query
    assert make_request(read_body(b'{"at": "END", "hide": []}')).query == "at=end"
    both = make_request(read_body(b'{"view": ["Surface", " rates"]}'))
    assert (both.query, both.canonical["view"]) == ("view=surface,rates", ["surface", "rates"])
    # One alone is the same in a list.
    assert make_request(read_body(b'{"view": ["rule"]}')).canonical["view"] == "rule"
    for wrong, key in (
        (b'{"view": []}', "view"),
        (b'{"view": ["surface", "surface"]}', "view"),
        (b'{"view": [1]}', "view"),
        (b'{"view": "surface,rates"}', "view"),
        (b'{"at": true}', "at"),
        (b'{"hide": "surface"}', "hide"),
        (b'{"hide": [1]}', "hide"),
    ):
        with pytest.raises(ApiError) as raised:
            make_request(read_body(wrong))
        assert raised.value.key == key


def test_the_usual_picture_beside_the_map_is_the_surface_or_the_data():
    for slug, landscape in LANDSCAPES.items():
        usual = "data" if landscape.points else "surface"
        assert asked(f"landscape={slug}").canonical["view"] == usual


def test_how_it_is_shown_changes_no_number_of_any_run():
    plain = asked("landscape=peaks&map=basins&run=adam&run=lion")
    shown = asked(
        "landscape=peaks&map=basins&run=adam&run=lion&at=7&view=rule&scale=linear&hide=surface,race&guess_first=1"
    )
    assert set(VIEW_KEYS) <= set(plain.canonical)
    same = [key for key in plain.canonical if key not in VIEW_KEYS]
    assert [plain.canonical[key] for key in same] == [shown.canonical[key] for key in same]
    assert [run.canonical for run in shown.runs] == [run.canonical for run in plain.runs]
    assert [run.query for run in shown.runs] == [run.query for run in plain.runs]
