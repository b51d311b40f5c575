"""Posts the comments at their rate, then asks after each until it is decided."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from moderato.cli._replay.client import Answer, Client, NoAnswerError
from moderato.cli._replay.rows import Row

#: Comments asked after at a time; the oldest first, because they are decided first.
_LOOK = 256
_PAUSE, _LONGEST_PAUSE = 0.1, 2.0

#: Called once for each comment that is done, for a progress bar.
Tick = Callable[[], None]


@dataclass(slots=True)
class Fate:
    """What became of one line; empty or None as far as it is not known.

    ``id`` is Moderato's, set once the comment was acknowledged. ``error`` says why it was not,
    or why its state is not known. Times are in seconds: ``post`` of the request that was
    acknowledged, ``decision`` from receipt to the first decision by Redis's clock.
    """

    line: int
    id: str = ""
    #: An earlier run had posted it: its external_id tells.
    known: bool = False
    refused: bool = False
    #: It was acknowledged and is not there.
    lost: bool = False
    state: str = ""
    rule: str = ""
    post: float | None = None
    decision: float | None = None
    error: str = ""

    @property
    def decided(self) -> bool:
        return self.state not in {"", "pending"}


@dataclass(slots=True)
class Run:
    """``rate`` is comments per second, 0 for as fast as they are accepted.

    Cancelling ``post`` or ``follow`` leaves in ``fates`` what is known by then.
    """

    client: Client
    rows: Sequence[Row]
    rate: float
    concurrency: int
    fates: list[Fate] = field(default_factory=list)
    #: Seconds that posting took.
    posting: float = 0.0
    _name: str = field(default_factory=lambda: secrets.token_hex(8))
    #: The file's id -> Moderato's, "" where that one was not accepted.
    _ids: dict[str, asyncio.Future[str]] = field(default_factory=dict)

    async def post(self, tick: Tick) -> None:
        """Posts every row, ``concurrency`` at a time at most. Raises KeyRefusedError."""
        loop = asyncio.get_running_loop()
        self._ids = {row.id: loop.create_future() for row in self.rows if row.id is not None}
        places = asyncio.Semaphore(self.concurrency)
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                for position, row in enumerate(self.rows):
                    if self.rate:
                        due = began + position / self.rate
                        await asyncio.sleep(max(0.0, due - time.monotonic()))
                    await places.acquire()
                    fate = Fate(row.line, error="Interrupted before it was acknowledged.")
                    self.fates.append(fate)
                    group.create_task(self._post(row, fate, places, tick))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self.posting = time.monotonic() - began

    async def _post(self, row: Row, fate: Fate, places: asyncio.Semaphore, tick: Tick) -> None:
        try:
            body = dict(row.body)
            # Its parent was posted before it, so this waits for no one that waits for a place.
            if row.parent is not None and not (parent := await self._ids[row.parent]):
                fate.refused, fate.error = True, f"Its parent {row.parent!r} was not accepted."
                return
            if row.parent is not None:
                body["parent"] = parent
            answer = await self.client.post(body, f"replay-{self._name}-{row.line}")
            _note_post(fate, answer)
        except NoAnswerError as error:
            fate.error = str(error)
        finally:
            if row.id is not None and not self._ids[row.id].done():
                self._ids[row.id].set_result(fate.id)
            places.release()
            tick()

    async def follow(self, patience: float, tick: Tick) -> None:
        """Asks after what was acknowledged until all is decided.

        Gives up on the rest when none was decided for ``patience`` seconds.
        """
        waiting = deque(fate for fate in self.fates if fate.id)
        places = asyncio.Semaphore(self.concurrency)
        pause, progress = _PAUSE, time.monotonic()
        while waiting and time.monotonic() - progress < patience:
            looked = [waiting.popleft() for _ in range(min(_LOOK, len(waiting)))]
            await asyncio.gather(*(self._look(fate, places) for fate in looked))
            undecided = [fate for fate in looked if not (fate.decided or fate.lost)]
            waiting.extend(undecided)
            for _ in range(len(looked) - len(undecided)):
                progress = time.monotonic()
                tick()
            if undecided:
                await asyncio.sleep(pause)
            pause = _PAUSE if len(undecided) < len(looked) else min(pause * 1.5, _LONGEST_PAUSE)

    async def _look(self, fate: Fate, places: asyncio.Semaphore) -> None:
        async with places:
            try:
                _note_state(fate, await self.client.get(fate.id))
            except NoAnswerError as error:
                fate.error = str(error)


def _note_post(fate: Fate, answer: Answer) -> None:
    if answer.ok:
        fate.id, fate.post, fate.error = answer.body["id"], answer.seconds, ""
        fate.known = answer.replayed and answer.tries == 1
    else:
        fate.refused, fate.error = True, answer.trouble


def _note_state(fate: Fate, answer: Answer) -> None:
    if answer.status == HTTPStatus.NOT_FOUND:
        fate.lost = True
    if not answer.ok:
        fate.error = answer.trouble
        return
    comment: Any = answer.body
    fate.error, fate.state = "", comment["state"]
    if fate.decided:
        steps = comment["history"]
        first = next(step for step in steps if step["state"] != "pending")
        since = _moment(first["at"]) - _moment(comment["received_at"])
        fate.rule, fate.decision = first["rule"], since.total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
