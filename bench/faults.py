"""Faults on purpose: `python bench/faults.py [--seeds 1 2] [--messages 20000] [--faults 50]`, or `make faults`.

Messages and faults are shared among the seeds; every second seed runs with two processes. Writes the lower part of
`docs/faults.md`, and exits with 1 unless nothing was lost, doubled or leaked and every scenario held.
"""

import sys
from pathlib import Path

# Else this folder comes first, and its `http.py` hides Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

# isort: split

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")

from together.testing.faults import Report, World, report, trial
from together.testing.faults.report import Outcome
from together.testing.faults.scenarios import SCENARIOS, Scenario


def main() -> None:
    parser = argparse.ArgumentParser(description="Try whether anything is lost while everything fails.")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--scenarios", nargs="*", default=[""], help="only those whose names contain one of these")
    asked = parser.parse_args()
    reports, ran_on = [], ""
    for place, seed in enumerate(asked.seeds):
        share = len(asked.seeds)
        with scratch() as directory, World(directory, processes=1 + place % 2) as world:
            reports.append(run_trial(world, seed, asked.messages // share, asked.faults // share))
            ran_on = report.versions(world)
    chosen = [one for one in SCENARIOS if any(word in one.__name__ for word in asked.scenarios)]
    outcomes = [run_scenario(scenario) for scenario in chosen]
    report.write(ROOT / "docs" / "faults.md", reports, outcomes, ran_on)
    sys.exit(0 if report.is_clean(reports, outcomes) else 1)


def run_trial(world: World, seed: int, messages: int, faults: int) -> Report:
    print(f"Seed {seed}: {messages} messages, {faults} faults, processes: {len(world.instances)}.", flush=True)
    done = trial(world, seed, messages, faults)
    print(f"  {done.seconds:.0f} s. {done.verdict}", flush=True)
    return done


def run_scenario(scenario: Scenario) -> Outcome:
    began = time.monotonic()
    with scratch() as directory:
        try:
            outcome = Outcome(scenario.__name__, True, scenario(directory))
        except Exception as error:
            # Whatever it is, the others still run, and the report says that this one did not hold.
            outcome = Outcome(scenario.__name__, False, str(error).partition("\n")[0] or repr(error))
    print(f"{outcome.name}: {outcome.said} ({time.monotonic() - began:.0f} s)", flush=True)
    return outcome


@contextmanager
def scratch() -> Iterator[Path]:
    # What ends may still be writing a last line.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        yield Path(directory)


if __name__ == "__main__":
    main()
