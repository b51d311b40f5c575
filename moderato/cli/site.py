"""`moderato site`: the sites that post comments, their keys, and where their webhooks go."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from moderato.cli._store import with_store
from moderato.cli._table import table
from moderato.cli._urls import intake_url
from moderato.config import Config
from moderato.store.audit import COMMAND_LINE, Detail
from moderato.store.sites import (
    Endpoint,
    SiteError,
    check_webhook_url,
    finished,
    rotated,
)
from moderato.store.store import Store


@click.group()
def command() -> None:
    """Sites that post comments: their API keys and webhooks."""


@command.command()
@click.argument("site")
@click.option("--name", help="What people call it; the id where not given.")
@click.option("--webhook", metavar="URL", help="Where its events go; more: `site webhook add`.")
@with_store
async def add(store: Store, site: str, name: str | None, webhook: str | None) -> None:
    """Make a site and show its API key, this once.

    SITE is its id, in lower case: `daily-news`.
    """
    if webhook is not None:
        _check_url(webhook)
    try:
        key = await store.sites.create(site, name or site)
        endpoint = await store.sites.add_endpoint(site, webhook) if webhook else None
    except SiteError as error:
        raise click.ClickException(str(error)) from None
    await _record(store, "site.create", site, site)
    if endpoint is not None:
        await _record(store, "webhook.add", site, endpoint.id, url=endpoint.url)
    click.echo(f"Made the site {site}. Its API key is shown this once; keep it safe:\n")
    click.echo(f"  API key         {key}")
    if endpoint is not None:
        click.echo(f"  webhook         {endpoint.url}")
        click.echo(f"  webhook secret  {endpoint.secret}")
    click.echo(f"\nIts first comment:\n\n{_example(key)}")
    if webhook is not None:
        _warn_if_private(webhook)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_store
async def list_(store: Store, as_json: bool) -> None:
    """List the sites."""
    rows = [
        {
            "id": site.id,
            "name": site.name,
            "created_at": _day(site.created_at),
            "webhooks": len(await store.sites.endpoints(site.id)),
            "policy": await store.policies.current_version(site.id) or "default",
        }
        for site in await store.sites.all()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif rows:
        click.echo(table(["site", "name", "made on", "webhooks", "policy"], rows))
    else:
        click.echo("There is no site yet. Make one: `moderato site add ID`.")


@command.command("rotate-key")
@click.argument("site")
@with_store
async def rotate_key(store: Store, site: str) -> None:
    """Give SITE a new API key; the old one stops working within seconds."""
    try:
        key = await store.sites.rotate_key(site)
    except SiteError as error:
        raise click.ClickException(str(error)) from None
    await _record(store, "site.rotate-key", site, site)
    click.echo(f"The new API key of {site}, shown this once. The old one is void:\n\n  {key}")


@command.group()
def webhook() -> None:
    """Where a site's events go."""


@webhook.command("add")
@click.argument("site")
@click.argument("url")
@click.option("--secret", metavar="WHSEC", help="A Standard Webhooks secret; made if not given.")
@with_store
async def webhook_add(store: Store, site: str, url: str, secret: str | None) -> None:
    """Send the events of SITE to URL too, and show the secret they are signed with."""
    _check_url(url)
    try:
        endpoint = await store.sites.add_endpoint(site, url, secret)
    except SiteError as error:
        raise click.ClickException(str(error)) from None
    await _record(store, "webhook.add", site, endpoint.id, url=url)
    click.echo(f"Events of {site} go to {url} as webhook {endpoint.id}.\n")
    click.echo(f"  webhook secret  {endpoint.secret}")
    _warn_if_private(url)


@webhook.command("list")
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_store
async def webhook_list(store: Store, site: str, as_json: bool) -> None:
    """List the webhooks of SITE; secrets are not shown."""
    await _must_exist(store, site)
    rows = [
        {"id": endpoint.id, "url": endpoint.url, "state": endpoint.disabled or "on"}
        for endpoint in await store.sites.endpoints(site)
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        click.echo(table(["webhook", "url", "state"], rows))
    else:
        click.echo(f"{site} has no webhook. Add one: `moderato site webhook add {site} URL`.")


@webhook.command("remove")
@click.argument("site")
@click.argument("webhook_id", metavar="WEBHOOK")
@with_store
async def webhook_remove(store: Store, site: str, webhook_id: str) -> None:
    """Send nothing more to a webhook of SITE; what is still due there is dropped."""
    endpoint = await _endpoint(store, site, webhook_id)
    await store.sites.remove_endpoint(site, endpoint.id)
    await _record(store, "webhook.remove", site, endpoint.id, url=endpoint.url)
    click.echo(f"Removed {endpoint.url} from {site}.")


@webhook.command("enable")
@click.argument("site")
@click.argument("webhook_id", metavar="WEBHOOK")
@with_store
async def webhook_enable(store: Store, site: str, webhook_id: str) -> None:
    """Turn a disabled webhook of SITE on again."""
    endpoint = await _change(store, site, webhook_id, lambda old: replace(old, disabled=""))
    await _record(store, "webhook.enable", site, endpoint.id)
    click.echo(f"{endpoint.url} gets the events of {site} again.")
    click.echo("Those it missed: `moderato deadletters replay --all --kind webhook`.")


@webhook.command("rotate-secret")
@click.argument("site")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--finish", is_flag=True, help="Stop signing with the secret before, too.")
@with_store
async def webhook_rotate_secret(store: Store, site: str, webhook_id: str, finish: bool) -> None:
    """Sign with a new secret; with the old one as well, until --finish."""
    endpoint = await _change(store, site, webhook_id, finished if finish else rotated)
    action = "webhook.finish-rotation" if finish else "webhook.rotate-secret"
    await _record(store, action, site, endpoint.id)
    if finish:
        click.echo(f"{endpoint.url}: signed with its newest secret alone.")
        return
    click.echo(
        f"{endpoint.url}: signed with this secret and with the one before:\n\n  {endpoint.secret}"
    )
    click.echo(
        "\nOnce the site checks with the new one: "
        f"`moderato site webhook rotate-secret {site} {endpoint.id} --finish`."
    )


async def _must_exist(store: Store, site: str) -> None:
    if await store.sites.get(site) is None:
        raise click.ClickException(f"There is no site {site!r}; see `moderato site list`.")


async def _endpoint(store: Store, site: str, webhook_id: str) -> Endpoint:
    await _must_exist(store, site)
    for endpoint in await store.sites.endpoints(site):
        if endpoint.id == webhook_id:
            return endpoint
    raise click.ClickException(
        f"{site} has no webhook {webhook_id!r}; see `moderato site webhook list {site}`."
    )


def _check_url(url: str) -> None:
    try:
        check_webhook_url(url)
    except SiteError as error:
        raise click.BadParameter(str(error)) from None


async def _change(
    store: Store, site: str, webhook_id: str, change: Callable[[Endpoint], Endpoint]
) -> Endpoint:
    await _must_exist(store, site)
    changed = await store.sites.change_endpoint(site, webhook_id, change)
    if changed is None:
        raise click.ClickException(
            f"{site} has no webhook {webhook_id!r}; see `moderato site webhook list {site}`."
        )
    return changed


async def _record(store: Store, action: str, site: str, subject: str, **details: Detail) -> None:
    """Whoever has this machine's command line acts under its name."""
    await store.audit.record(
        by=COMMAND_LINE, action=action, site=site, subject=subject, details=details
    )


def _warn_if_private(url: str) -> None:
    """A webhook to such an address is refused when it is sent, which nobody watches."""
    host = urlsplit(url).hostname or ""
    try:
        private = not ip_address(host).is_global
    except ValueError:
        private = host == "localhost" or host.endswith(".localhost")
    if private and not Config.from_env().webhook_allow:
        click.echo(
            f"\n{host} is a private address. The publisher goes there only when it is started "
            "with MODERATO_WEBHOOK_ALLOW, such as 127.0.0.0/8.",
            err=True,
        )


def _example(key: str) -> str:
    url = os.environ.get("MODERATO_URL", intake_url(Config.from_env())).rstrip("/")
    return (
        f"  curl {url}/v1/comments \\\n"
        f"    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\n"
        '    -d \'{"article": {"id": "a1", "url": "https://example.com/a1"},\n'
        '         "author": {"id": "r1", "name": "Ada"}, "text": "Well said."}\''
    )


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
