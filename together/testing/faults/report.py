"""What the trials and scenarios found, as the lower part of `docs/faults.md`."""

import platform
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg
import redis

from together.testing.faults.trial import Report
from together.testing.faults.world import World

MARK = "<!-- Below this line `make faults` writes. -->\n"


@dataclass
class Outcome:
    """How a scenario ended: with what it measured, or with what did not hold."""

    name: str
    held: bool
    said: str


def write(page: Path, reports: list[Report], outcomes: list[Outcome], versions: str) -> None:
    """Put the report below the mark of the page."""
    above = page.read_text().partition(MARK)[0]
    page.write_text(above + MARK + "\n".join(_lines(reports, outcomes, versions)) + "\n")


def versions(world: World) -> str:
    """What the trials ran on."""
    with psycopg.connect(host=str(world.socket_dir), user="postgres", dbname="together") as database:
        postgresql = database.info.server_version // 10000
    found = [f"Python {platform.python_version()}", f"Django {version('django')}", f"PostgreSQL {postgresql}"]
    if world.redis:
        with redis.Redis(port=world.redis.port) as client:
            found.append(f"Redis {client.info('server')['redis_version']}")
    return ", ".join(found)


def is_clean(reports: Iterable[Report], outcomes: Iterable[Outcome]) -> bool:
    return all(report.verdict.clean for report in reports) and all(outcome.held for outcome in outcomes)


def _lines(reports: list[Report], outcomes: list[Outcome], versions: str) -> Iterator[str]:
    verdict = "Everything held." if is_clean(reports, outcomes) else "**Not everything held.**"
    yield f"\n## The last run\n\n{datetime.now(UTC):%Y-%m-%d}, {versions}. {verdict}\n"
    yield "| | " + " | ".join(f"seed {report.seed}" for report in reports) + " |"
    yield "| --- |" + " --: |" * len(reports)
    for name in _rows(reports[0]) if reports else ():
        yield f"| {name} | " + " | ".join(_rows(report)[name] for report in reports) + " |"
    yield "\n### Injected\n\n| fault | times | longest, s |\n| --- | --: | --: |"
    faults = [fault for report in reports for fault in report.ledger.faults]
    for name, times in sorted(Counter(fault.name for fault in faults).items()):
        longest = max(fault.seconds for fault in faults if fault.name == name)
        yield f"| {name} | {times} | {longest:.1f} |"
    yield "\nThe seconds are those until every process was ready again, or until the change had been asked for.\n"
    yield "### Scenarios\n\n| scenario | held | measured |\n| --- | --- | --- |"
    for outcome in outcomes:
        yield f"| `{outcome.name}` | {'yes' if outcome.held else '**no**'} | {outcome.said} |"
    for report in reports:
        if not report.verdict.clean:
            yield f"\n### Findings of seed {report.seed}\n\n```\n{report.verdict}\n```"


def _rows(report: Report) -> dict[str, str]:
    ledger, readers = report.ledger, report.readers
    facts = {
        "processes": report.processes,
        "messages sent": len(ledger.sent),
        **{name: ledger.counts[name] for name in sorted(ledger.counts)},
        "faults": len(ledger.faults),
        "requests left without an answer": ledger.answers["no answer"],
        "answers of 503": ledger.answers["503"],
        "frames delivered": sum(len(reader.heard) for reader in readers),
        "sockets resumed": sum(reader.resumed for reader in readers),
        "sockets begun afresh": sum(reader.afresh for reader in readers),
        "seconds": f"{report.seconds:.0f}",
        "seconds until every reader knew everything": f"{report.caught_up:.1f}",
        **{f"**{name}**": f"**{count}**" for name, count in report.verdict.counts().items()},
    }
    return {name: str(value) for name, value in facts.items()}
