"""``python -m tests.benchmarks [name ...]``: measure what must be reached and print one table."""

import argparse
import os

from tests.benchmarks import (
    crowds,
    engine,
    films,
    formulas,
    maps,
    networks,
    page,
    requests,
    traffic,
    typed_rules,
    typists,
)
from tests.benchmarks.table import print_table

BENCHMARKS = (
    requests.BENCHMARKS
    | engine.BENCHMARKS
    | networks.BENCHMARKS
    | traffic.BENCHMARKS
    | crowds.BENCHMARKS
    | maps.BENCHMARKS
    | formulas.BENCHMARKS
    | page.BENCHMARKS
    | typed_rules.BENCHMARKS
    | typists.BENCHMARKS
    | films.BENCHMARKS
)


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Print what is reached, and by how much."
    )
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all when none is named"
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    print(f"load before: {' '.join(f'{value:.2f}' for value in os.getloadavg())} on {os.cpu_count()} processors\n")
    rows = []
    for name in names:
        print(f"measuring {name} …", flush=True)
        rows.extend(BENCHMARKS[name]())
    print()
    print_table(rows)
    print(f"\nload after: {' '.join(f'{value:.2f}' for value in os.getloadavg())}")


if __name__ == "__main__":
    main()
