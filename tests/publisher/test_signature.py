"""Signatures that any Standard Webhooks library accepts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from moderato.store.sites import Endpoint, new_webhook_secret
from workers.publisher.signature import signed_headers

SECRETS = st.binary(min_size=24, max_size=64).map(lambda b: "whsec_" + base64.b64encode(b).decode())


def now() -> datetime:
    """A moment in this test, not in the collection of all: a verifier refuses the old."""
    return datetime.now(UTC)


def endpoint(secret: str, previous: str = "") -> Endpoint:
    return Endpoint("e1", "https://example.com", secret, previous)


@given(SECRETS, st.text())
def test_the_package_verifies_what_we_sign(secret: str, text: str) -> None:
    body = text.encode(errors="replace")
    headers = signed_headers(endpoint(secret), "msg_c_2", body, now())
    Webhook(secret).verify(body, headers, json_parse=False)


@given(SECRETS, st.binary())
def test_it_is_the_formula_of_the_specification(secret: str, raw: bytes) -> None:
    body = base64.b64encode(raw)
    at = now()
    headers = signed_headers(endpoint(secret), "msg_c_2", body, at)
    signed = b"msg_c_2." + str(int(at.timestamp())).encode() + b"." + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers == {
        "webhook-id": "msg_c_2",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,{expected}",
    }


def test_while_a_secret_is_rotated_both_are_accepted() -> None:
    old, new, other = new_webhook_secret(), new_webhook_secret(), new_webhook_secret()
    headers = signed_headers(endpoint(new, previous=old), "msg_c_2", b"{}", now())
    Webhook(old).verify(b"{}", headers)
    Webhook(new).verify(b"{}", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(b"{}", headers)


def test_a_changed_body_is_refused() -> None:
    secret = new_webhook_secret()
    headers = signed_headers(endpoint(secret), "msg_c_2", b'{"released":false}', now())
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b'{"released":true}', headers)


def test_a_secret_that_is_not_base64_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"base64|padding"):
        signed_headers(endpoint("whsec_a"), "msg_c_2", b"{}", now())
