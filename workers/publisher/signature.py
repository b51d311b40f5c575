"""The headers that prove where a webhook comes from (Standard Webhooks 1.0)."""

from __future__ import annotations

from datetime import datetime

from standardwebhooks import Webhook

from moderato.store.sites import Endpoint


def signed_headers(
    endpoint: Endpoint, webhook_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` for ``body``.

    While a secret is rotated there are two signatures, so that the receiver may change over at
    any moment. ``now`` must be in UTC. Raises ValueError where a secret is not base64.
    """
    text = body.decode()
    secrets = filter(None, (endpoint.secret, endpoint.previous_secret))
    signatures = [Webhook(secret).sign(webhook_id, now, text) for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
