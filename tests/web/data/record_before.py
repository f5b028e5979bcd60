"""Records where walks ended before optimizers, schedules and landscapes became many; see ``test_before.py``.

``git archive 5cca4ab | tar -x -C /tmp/before; PYTHONPATH=/tmp/before python tests/web/data/record_before.py``
"""

import json
from pathlib import Path

from app.answers.walks import answer
from app.request.making import make_request
from app.request.reading import read_query

QUERIES = (
    "",
    "landscape=bowl&steps=50",
    "landscape=bowl&shape=100&optimizer=gradient-descent&learning_rate=1.9&steps=1000",
    "landscape=bowl&shape=1000&optimizer=nesterov&learning_rate=0.6&steps=2000",
    "landscape=bowl&optimizer=gradient-descent&learning_rate=2.5",
    "landscape=bowl&shape=1&optimizer=gradient-descent&learning_rate=2&start=1,1",
    "landscape=bowl&momentum=0.5&dampening=0.5&learning_rate=1.5",
    "landscape=bowl&momentum=0.9&dampening=0.9&steps=400",
    "landscape=bowl&momentum=0&tolerance=1e-12",
    "landscape=bowl&momentum=1&steps=300&tolerance=0",
    "landscape=quadratic&start=2,1&optimizer=gradient-descent&steps=3",
    "landscape=quadratic&optimizer=nesterov&momentum=0.3&learning_rate=0.2",
    "landscape=quadratic&noise=0.3&seed=7&steps=120&tolerance=0",
    "landscape=quadratic&goal=maximize&steps=40",
    "landscape=quadratic&domain=-1,1,-2,2&starts=5&seed=3",
    "landscape=two-valley",
    "landscape=two-valley&shape=1.2&start=1.7,1.1",
    "landscape=two-valley&optimizer=gradient-descent&restarts=3&learning_rate=0.3&steps=300",
    "landscape=two-valley&shape=0&start=0,1",
    "landscape=two-valley&restarts=2&growth=2&floor=0.1&steps=210&optimizer=nesterov",
    "landscape=two-valley&starts=30&seed=11&steps=80",
    "landscape=two-valley&noise=0.5&starts=40&seed=4294967295&steps=30",
    "landscape=saddle",
    "landscape=saddle&start=-1.6,0&optimizer=gradient-descent",
    "landscape=saddle&start=-1.6,0&optimizer=gradient-descent&noise=0.01&seed=2",
    "landscape=saddle&goal=maximize&start=0.5,0.5&steps=60",
    "landscape=plateau",
    "landscape=plateau&shape=4&start=3,3&optimizer=gradient-descent&steps=500",
    "landscape=plateau&shape=0.25&optimizer=nesterov",
    "landscape=plateau&start=30,30",
    "landscape=peaks",
    "landscape=peaks&optimizer=gradient-descent&start=0.2,-1.6",
    "landscape=peaks&goal=maximize&optimizer=gradient-descent&start=1,0.5",
    "landscape=peaks&schedule=cosine&learning_rate=0.05&optimizer=gradient-descent&steps=150",
    "landscape=peaks&starts=30&seed=5&steps=60&optimizer=gradient-descent",
    "landscape=peaks&noise=1&seed=9&steps=60&optimizer=gradient-descent&tolerance=0",
    "schedule=exponential&optimizer=gradient-descent&steps=80",
    "schedule=exponential&floor=0.05&learning_rate=0.5&optimizer=gradient-descent&steps=80",
    "schedule=linear&floor=0.25&learning_rate=0.8&optimizer=gradient-descent&steps=10&tolerance=0",
    "schedule=linear&restarts=4&growth=1.5&steps=400",
    "schedule=cosine&floor=1&steps=100",
    "schedule=exponential&restarts=1&steps=100&optimizer=nesterov&momentum=0.8",
    "schedule=constant&growth=1&restarts=0&steps=20",
    "starts=512&steps=10&tolerance=0.001",
)
COLUMNS = ("x", "y", "loss", "learning_rate")


def ends(query: str) -> list[dict[str, object]]:
    """Return how each walk of the query ended: the summary's words and the last of each column."""
    walks = answer(make_request(read_query(query.encode())))
    return [
        {"outcome": walk["summary"]["outcome"], "steps": walk["summary"]["steps"]}
        | {key: float(walk[key][-1]) for key in COLUMNS}
        for walk in [walks[0], *walks[1:][-3:]]
    ]


if __name__ == "__main__":
    lines = [f"{json.dumps(query)}: {json.dumps(ends(query))}" for query in QUERIES]
    (Path(__file__).parent / "before.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
