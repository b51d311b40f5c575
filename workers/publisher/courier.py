"""Takes one webhook to its endpoint and records what came of it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from moderato.store.deliveries import TEST, Delivery
from moderato.store.outbox import webhook_id
from moderato.store.records import Record
from moderato.store.sites import Endpoint
from moderato.store.store import Store
from workers.publisher import payload
from workers.publisher.answer import Answered, Unanswered, Verdict, judge
from workers.publisher.endpoints import Endpoints
from workers.publisher.gate import Gate
from workers.publisher.metrics import DELIVERIES, SECONDS
from workers.publisher.retries import Retries
from workers.publisher.sender import Sender
from workers.publisher.signature import signed_headers

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Courier:
    store: Store
    endpoints: Endpoints
    sender: Sender
    retries: Retries
    gate: Gate

    async def deliver(self, delivery: Delivery, token: str) -> None:
        """One try of a delivery that was claimed with ``token``.

        Raises what Redis raises; the delivery is then tried again when its lease is over.
        """
        endpoint = await self.endpoints.get(delivery.site, delivery.endpoint)
        if endpoint is None:
            return await self._drop(delivery, token, "The endpoint was removed.")
        if delivery.type == TEST:
            return await self._test(delivery, token, endpoint)
        if endpoint.disabled:
            why = f"The endpoint is disabled: {endpoint.disabled}"
            return await self._give_up(delivery, token, why)
        record = await self.store.comments.get(delivery.site, delivery.comment)
        if record is None:
            return await self._drop(delivery, token, "The comment does not exist any more.")
        try:
            body, headers = _message(delivery, record, endpoint)
        except Exception as error:
            # One that cannot be made must not stop the others; a person finds it dead at last.
            log.exception("webhook_not_made", site=delivery.site, comment=delivery.comment)
            return await self._try_again(delivery, token, None, f"{type(error).__name__}: {error}")
        wait = self.gate.wait(endpoint.id, time.monotonic())
        if wait > 0:
            return await self._settle(delivery, token, "later", retry_in=wait * self._jitter())
        started = time.monotonic()
        answer = await self.sender.post(endpoint.url, body, headers)
        SECONDS.observe(time.monotonic() - started)
        return await self._record(delivery, token, answer)

    async def _test(self, delivery: Delivery, token: str, endpoint: Endpoint) -> None:
        """One try, whatever comes of it; also for an endpoint that is off, before it is turned on.

        A person watches: it waits for no rest, and is no dead letter.
        """
        body = payload.test_body(delivery)
        name = webhook_id(delivery.comment, delivery.version)
        headers = signed_headers(endpoint, name, body, datetime.now(UTC))
        answer = await self.sender.post(endpoint.url, body, headers)
        status = str(answer.status) if isinstance(answer, Answered) else ""
        if judge(answer) is Verdict.DELIVERED:
            return await self._settle(delivery, token, "delivered", status=status)
        error = answer.error if isinstance(answer, Unanswered) else f"It answered {status}."
        return await self._settle(delivery, token, "dropped", status=status, error=error)

    async def _record(self, delivery: Delivery, token: str, answer: Answered | Unanswered) -> None:
        verdict = judge(answer)
        answered = answer if isinstance(answer, Answered) else None
        retry_after = answered.retry_after if answered else None
        status = str(answered.status) if answered else ""
        if verdict is Verdict.UNWELL:
            self.gate.unwell(delivery.endpoint, time.monotonic(), retry_after)
        else:
            self.gate.well(delivery.endpoint)
        if verdict is Verdict.DELIVERED:
            return await self._settle(delivery, token, "delivered", status=status)
        if verdict is Verdict.GONE:
            why = "It answered 410 Gone."
            await self.endpoints.disable(delivery.site, delivery.endpoint, why)
            log.error("endpoint_disabled", site=delivery.site, endpoint=delivery.endpoint)
            return await self._give_up(delivery, token, why, status)
        error = answer.error if isinstance(answer, Unanswered) else f"It answered {status}."
        return await self._try_again(delivery, token, retry_after, error, status)

    async def _try_again(
        self,
        delivery: Delivery,
        token: str,
        retry_after: float | None,
        error: str,
        status: str = "",
    ) -> None:
        delay = self.retries.delay(delivery.attempts + 1, retry_after, random.random())  # noqa: S311
        if delay is None:
            await self._give_up(delivery, token, error, status)
        else:
            await self._settle(delivery, token, "retry", retry_in=delay, status=status, error=error)

    async def _give_up(self, delivery: Delivery, token: str, error: str, status: str = "") -> None:
        await self._settle(delivery, token, "dead", status=status, error=error)

    async def _drop(self, delivery: Delivery, token: str, error: str) -> None:
        """What nobody could ever deliver is no dead letter."""
        await self._settle(delivery, token, "dropped", error=error)

    async def _settle(
        self,
        delivery: Delivery,
        token: str,
        outcome: str,
        *,
        retry_in: float = 0.0,
        status: str = "",
        error: str = "",
    ) -> None:
        shard = self.store.deliveries.shard(delivery.site)
        settled = await self.store.deliveries.settle(
            shard, delivery, token, outcome, retry_in=retry_in, status=status, error=error
        )
        DELIVERIES.labels(outcome if settled else "lost").inc()
        say = {"dead": log.error, "retry": log.warning, "later": log.debug}.get(outcome, log.info)
        details = {"status": status, "error": error, "retry_in": round(retry_in, 1)}
        say(
            f"webhook_{outcome}" if settled else "webhook_lost",
            site=delivery.site,
            comment=delivery.comment,
            webhook=webhook_id(delivery.comment, delivery.version),
            endpoint=delivery.endpoint,
            tries=delivery.attempts + (outcome != "later"),
            **{name: value for name, value in details.items() if value},
        )

    def _jitter(self) -> float:
        return 1 + self.retries.jitter * random.random()  # noqa: S311


def _message(
    delivery: Delivery, record: Record, endpoint: Endpoint
) -> tuple[bytes, dict[str, str]]:
    body = payload.body(delivery, record)
    name = webhook_id(delivery.comment, delivery.version)
    return body, signed_headers(endpoint, name, body, datetime.now(UTC))
