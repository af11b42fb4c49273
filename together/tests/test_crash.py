"""What was acknowledged survives a `kill -9`, exactly once, and is announced after the restart if it was not before."""

import asyncio
import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from websockets.asyncio.client import connect

from together.database.embedded import socket_dir
from together.testing.process import Instance

GENERAL = "00000000-0000-0000-0000-000000000300"


class Writer(threading.Thread):
    """Sends messages one after the other, and remembers which nonces were acknowledged with which id."""

    def __init__(self, instance: Instance, token: str) -> None:
        super().__init__(daemon=True)
        self.instance = instance
        self.headers = {"Authorization": f"Bearer {token}"}
        self.acknowledged: dict[str, str] = {}
        self.unknown: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.instance.url, headers=self.headers, timeout=5) as client:
            while not self.unknown:
                nonce = uuid.uuid4().hex
                try:
                    answer = self.send(client, nonce)
                except httpx.HTTPError:
                    self.unknown.append(nonce)
                else:
                    self.acknowledged[nonce] = answer["id"]

    def send(self, client: httpx.Client, nonce: str) -> dict[str, Any]:
        body = {"content": f"message {nonce}", "nonce": nonce}
        answer: dict[str, Any] = client.post(f"/api/channels/{GENERAL}/messages", json=body).raise_for_status().json()
        return answer


def history(instance: Instance, headers: dict[str, str]) -> list[dict[str, Any]]:
    """All messages of the channel, read page by page."""
    found: list[dict[str, Any]] = []
    with httpx.Client(base_url=instance.url, headers=headers) as client:
        while True:
            query = {"limit": 100, **({"before": found[-1]["id"]} if found else {})}
            page = client.get(f"/api/channels/{GENERAL}/messages", params=query).raise_for_status().json()
            found += page
            if len(page) < 100:
                return found


async def listen(instance: Instance, token: str, heard: list[str], numbers: list[int], stop: threading.Event) -> None:
    """Hear MESSAGE_CREATE until the connection goes, or until told to stop."""
    try:
        async with connect(f"ws://127.0.0.1:{instance.port}/ws?token={token}") as socket:
            while not stop.is_set():
                try:
                    frame = json.loads(await asyncio.wait_for(socket.recv(), 0.2))
                except TimeoutError:
                    continue
                if frame.get("t") == "MESSAGE_CREATE":
                    heard.append(frame["d"]["id"])
                    numbers.append(int(frame["s"].rpartition(".")[2]))
    except Exception:
        # The server was killed: that is the point.
        return


@pytest.mark.timeout(180)
def test_kill_9_in_the_midst_of_sending_loses_and_doubles_nothing(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "data").start()
    token = instance.sign_in("bob")["access_token"]
    writers = [Writer(instance, token) for _ in range(3)]
    heard: list[str] = []
    numbers: list[int] = []
    stop = threading.Event()
    listener = threading.Thread(target=lambda: asyncio.run(listen(instance, token, heard, numbers, stop)))
    listener.start()
    for writer in writers:
        writer.start()
    # Killed in the midst of it, however fast this machine is.
    deadline = time.monotonic() + 60
    while sum(len(writer.acknowledged) for writer in writers) < 60 and time.monotonic() < deadline:
        time.sleep(0.01)
    instance.kill()
    for thread in (*writers, listener):
        thread.join(10)

    instance.start()
    try:
        _check(instance, token, writers, heard, numbers)
    finally:
        assert instance.stop() == 0


def _check(instance: Instance, token: str, writers: list[Writer], heard: list[str], numbers: list[int]) -> None:
    stored = history(instance, writers[0].headers)
    by_nonce = {message["nonce"]: message["id"] for message in stored if message["nonce"]}
    acknowledged = {nonce: id for writer in writers for nonce, id in writer.acknowledged.items()}
    assert len(acknowledged) > 20
    assert len({message["id"] for message in stored}) == len(stored), "shown twice"
    assert len(by_nonce) == sum(1 for message in stored if message["nonce"]), "stored twice"
    assert acknowledged.items() <= by_nonce.items(), "acknowledged and lost"
    assert set(heard) <= set(by_nonce.values()), "announced and never stored"

    # A retry settles what nobody knows, to exactly one message.
    with httpx.Client(base_url=instance.url, headers=writers[0].headers) as client:
        for writer in writers:
            for nonce in writer.unknown:
                first, second = (writer.send(client, nonce)["id"] for _ in range(2))
                assert first == second == by_nonce.get(nonce, first)

    assert len(set(heard)) == len(heard)
    assert numbers == sorted(set(numbers)), "announced twice, or out of order"
    _hear_again(instance, token, writers[0])
    # Everything in between was numbered and announced after the restart, without a gap.
    with psycopg.connect(host=str(socket_dir(instance.data)), user="postgres", dbname="together") as database:
        counts = "SELECT count(*), max(event_log.number), max(announced) FROM event_log, event_clock"
        assert len(set(database.execute(counts).fetchone() or ())) == 1


def _hear_again(instance: Instance, token: str, writer: Writer) -> None:
    """A new socket hears what is sent from now on: whatever was left behind has been told by then."""
    heard: list[str] = []
    stop = threading.Event()
    listener = threading.Thread(target=lambda: asyncio.run(listen(instance, token, heard, [], stop)))
    listener.start()
    time.sleep(0.5)
    with httpx.Client(base_url=instance.url, headers=writer.headers) as client:
        sent = writer.send(client, uuid.uuid4().hex)
    deadline = time.monotonic() + 5
    while sent["id"] not in heard and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    listener.join(5)
    assert sent["id"] in heard
