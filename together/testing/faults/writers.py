"""People who write: they send, change, delete, send the same thing many times over, and give up too early."""

import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from together.testing.faults.ledger import Ledger, Sent
from together.testing.faults.line import Line, NoAnswerError

# Of a hundred messages.
CHORUS, HASTY, EDITED, DELETED = 1, 3, 12, 6
# How often one message is sent at once, and seconds after which the hasty give up.
VOICES = 20
HASTE = 0.004


class Writer(threading.Thread):
    """Writes in turn to its channels while there is something left to write.

    Whatever was not acknowledged is asked again until it is: the nonce makes that safe.
    """

    def __init__(
        self, line: Line, voices: list[Line], channels: list[str], ledger: Ledger, left: Callable[[], bool], seed: str
    ) -> None:
        super().__init__(daemon=True)
        self._line, self._voices = line, voices
        self._channels = channels
        self._ledger = ledger
        self._left = left
        self._chance = random.Random(seed)
        self._recent: list[Sent] = []

    def run(self) -> None:
        try:
            while self._left():
                self._write()
        except Exception as error:
            self._ledger.broken.append(f"{self._line.person.name} could not go on writing: {error!r}")

    def _write(self) -> None:
        nonce = uuid.UUID(int=self._chance.getrandbits(128)).hex
        message = Sent(self._chance.choice(self._channels), f"message {nonce}", nonce)
        dice = self._chance.randrange(100)
        if dice < CHORUS:
            with ThreadPoolExecutor(VOICES) as chorus:
                list(chorus.map(lambda line: self._send(line, message), self._voices))
            self._ledger.counts["sent 20 times at once"] += 1
        elif dice < CHORUS + HASTY:
            self._send(self._line, message, patience=HASTE)
            self._send(self._line, message)
            self._ledger.counts["given up early and sent again"] += 1
        else:
            self._send(self._line, message)
        self._ledger.sent.append(message)
        self._recent = [*self._recent[-20:], message]
        dice = self._chance.randrange(100)
        if dice < EDITED:
            self._change(self._chance.choice(self._recent))
        elif dice < EDITED + DELETED:
            self._take_away(self._recent.pop(self._chance.randrange(len(self._recent))))

    def _send(self, line: Line, message: Sent, patience: float = 12.0) -> None:
        body = {"content": message.content, "nonce": message.nonce}
        status, content = line.settle("POST", f"/channels/{message.channel}/messages", body, patience)
        if status != 201:
            raise NoAnswerError(f"sending was answered with {status}: {content}")
        message.ids.add(content["id"])

    def _change(self, message: Sent) -> None:
        content = f"{message.content.partition(' / ')[0]} / {self._chance.getrandbits(32)}"
        status, answer = self._line.settle("PATCH", f"/messages/{message.id}", {"content": content})
        if status != 200:
            raise NoAnswerError(f"changing was answered with {status}: {answer}")
        message.content = content
        self._ledger.counts["changed"] += 1

    def _take_away(self, message: Sent) -> None:
        status, answer = self._line.settle("DELETE", f"/messages/{message.id}")
        # 404: an earlier try did it.
        if status not in (204, 404):
            raise NoAnswerError(f"deleting was answered with {status}: {answer}")
        message.deleted = True
        self._ledger.counts["deleted"] += 1
