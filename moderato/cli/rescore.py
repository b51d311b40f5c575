"""`moderato rescore`: the model in use on comments that another model scored."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from moderato.cli._interrupt import INTERRUPTED, confirm, unless_interrupted
from moderato.cli._model import ModelError, about, chosen, explicit, models_of, score_each
from moderato.cli._rescore.candidates import Candidates, Choice, find
from moderato.cli._rescore.plan import Outcome, Plan, PlanError, Tick, apply, judge, policies_of
from moderato.cli._rescore.report import Report, as_text, summarise
from moderato.cli._store import folder_in_use, redis_now, with_store
from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.scores import ModelInfo
from moderato.store.store import Store

_STATES = click.Choice([State.FLAGGED.value, State.APPROVED.value, State.REJECTED.value])
_AGE = re.compile(r"(\d+)(min|h|d)")
_SECONDS = {"min": 60, "h": 3_600, "d": 86_400}
#: Comments whose authors are looked up in one round trip.
_AT_ONCE = 500


@click.command()
@click.option("--site", "sites", multiple=True, help="Whose comments; repeat it for several.")
@click.option("--all", "everywhere", is_flag=True, help="The comments of every site.")
@click.option(
    "--state",
    "states",
    type=_STATES,
    multiple=True,
    default=[State.FLAGGED.value],
    show_default=True,
    help="Comments that stand so now; repeat it for several.",
)
@click.option("--since", metavar="WHEN", help="Received since: 2026-05-01, or 90min, 12h, 7d ago.")
@click.option("--limit", type=click.IntRange(1), help="Only so many, the most urgent first.")
@click.option("--apply", "act", is_flag=True, help="Do it, once you have seen it and said yes.")
@click.option("-y", "--yes", is_flag=True, help="With --apply: do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_store
async def command(
    store: Store,
    *,
    sites: tuple[str, ...],
    everywhere: bool,
    states: tuple[str, ...],
    since: str | None,
    limit: int | None,
    act: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Score comments again with the model in use, and decide them by today's policy.

    Changing the model re-scores nothing by itself. This shows what it would change: how many
    comments would be published, taken down or sent to a person, with examples. With --apply it
    then asks, and does it.

    Only what the policy decided is ever changed: not where a moderator, a reader or the site had
    the last word, and not what somebody decides meanwhile. Comments that have this model's scores
    are skipped, so it may be interrupted and run again.

    \b
    moderato rescore --site gazette
    moderato rescore --site gazette --apply
    moderato rescore --all --state flagged --state approved --since 7d --json
    moderato rescore --all --apply --yes
    """
    if everywhere == bool(sites):
        raise click.UsageError("Say whose comments: --site SITE, or --all.")
    if yes and not act:
        raise click.UsageError("--yes goes with --apply.")
    if act and as_json and not yes:
        raise click.UsageError("--json with --apply needs --yes: there is nobody to ask.")
    choice = Choice(
        sites=await _sites(store, sites),
        states=frozenset(map(State, states)),
        since=_since(since, await redis_now(store.redis)),
        limit=limit,
    )
    try:
        await _run(store, choice, act=act, ask=not yes, as_json=as_json)
    except PlanError as error:
        raise click.ClickException(str(error)) from None
    except ModelError as error:
        raise click.ClickException(
            f"The model could not score: {error}\nNothing was changed."
        ) from None


async def _run(store: Store, choice: Choice, *, act: bool, ask: bool, as_json: bool) -> None:
    config = Config.from_env()
    folder = folder_in_use()
    model = await _model(store, folder)
    plan = Plan(model, await policies_of(store, choice.sites))
    found = await find(store, choice, model)
    if not await unless_interrupted(_score(store, plan, found, config, models_of(folder))):
        click.echo("Interrupted. Nothing was changed.", err=True)
        sys.exit(INTERRUPTED)
    report = summarise(plan, found)
    if not as_json:
        for block in as_text(report):
            click.echo(block)
    if not (act and report.comments):
        if as_json:
            click.echo(_json(report, None))
        elif report.comments:
            click.echo("Nothing was changed. Do it with --apply.")
        return
    if ask and not confirm(_question(report)):
        click.echo("Nothing was changed.")
        return
    outcome = Outcome()
    with _progress("Applying", report.comments) as tick:
        finished = await unless_interrupted(apply(store, plan, outcome, tick))
    click.echo(_json(report, outcome) if as_json else _told(report, outcome, finished))
    if not finished:
        sys.exit(INTERRUPTED)


async def _score(store: Store, plan: Plan, found: Candidates, config: Config, models: Path) -> None:
    """Fills the plan; changes nothing."""
    records = found.records
    texts = [record.comment.text for record in records]
    with _progress("Scoring", len(records)) as tick:
        async with aclosing(score_each(texts, config, plan.model.name, models)) as scored:
            for start in range(0, len(records), _AT_ONCE):
                batch = records[start : start + _AT_ONCE]
                authors = await store.authors.records(
                    [(record.comment.site, record.comment.author.id) for record in batch]
                )
                for record, author in zip(batch, authors, strict=True):
                    scores = await anext(scored)
                    if isinstance(scores, str):
                        plan.failed.append((record, scores))
                    else:
                        plan.rescored.append(judge(plan, record, scores, author))
                    tick(1)


async def _model(store: Store, folder: Path) -> ModelInfo:
    """The model in use, which must be on this machine as well, in the same version."""
    in_use = await store.models.in_use()
    wanted = explicit()
    if in_use and wanted and wanted != in_use.name:
        raise PlanError(
            f"MODERATO_MODEL says {wanted}, but the scorers use {in_use}. Restart the scorers "
            "with it first: new comments and old ones must be judged by the same model."
        )
    here = about(in_use.name if in_use else chosen(folder), models_of(folder))
    if in_use and here.version != in_use.version:
        raise PlanError(
            f"The scorers use {in_use}, and this machine has {here}. Install the same release."
        )
    return here


async def _sites(store: Store, asked: tuple[str, ...]) -> tuple[str, ...]:
    known = [site.id for site in await store.sites.all()]
    for site in asked:
        if site not in known:
            raise click.ClickException(f"There is no site {site!r}; see `moderato site list`.")
    return tuple(dict.fromkeys(asked)) or tuple(known)


def _since(text: str | None, now: float) -> int | None:
    """UTC ms of ``text``, a date or an age."""
    if text is None:
        return None
    if found := _AGE.fullmatch(text.strip()):
        return int((now - int(found[1]) * _SECONDS[found[2]]) * 1000)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time: write 2026-05-01, 2026-05-01T08:00Z, 90min, 12h or 7d.",
            param_hint="--since",
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


@contextmanager
def _progress(label: str, length: int) -> Iterator[Tick]:
    """A bar on standard error, so that the report alone is on standard output."""
    with click.progressbar(length=length, label=label, show_pos=True, file=sys.stderr) as bar:
        yield bar.update


def _question(report: Report) -> str:
    return (
        f"Do this with {report.comments} comments? {report.published} would be published, "
        f"{report.taken_down} taken down"
    )


def _told(report: Report, outcome: Outcome, finished: bool) -> str:
    lines = [f"{outcome.done} of {report.comments} comments have the scores of {report.model} now."]
    if outcome.changed_meanwhile:
        lines.append(f"{outcome.changed_meanwhile} were left alone: they changed meanwhile.")
    if not finished:
        lines.append("Interrupted; run it again for the rest.")
    return "\n".join(lines)


def _json(report: Report, outcome: Outcome | None) -> str:
    """The report, and what was done: null where nothing was."""
    document = {
        **asdict(report),
        "published": report.published,
        "taken_down": report.taken_down,
        "applied": asdict(outcome) if outcome else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
