"""`moderato policy`: checking a policy, trying it on a text, putting it in force."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from moderato.cli._model import chosen, model_in_use, model_of, models_of
from moderato.cli._policy import report
from moderato.cli._policy.scored import ByHand, by_hand, by_model
from moderato.cli._policy.source import PolicyFile, Source
from moderato.cli._store import data_dir_option, folder_in_use, with_store
from moderato.config import Config
from moderato.domain.author import Standing
from moderato.domain.comment import Article, ArticleMode, Author, Comment, State, Tighter
from moderato.domain.policy import Context, attributes_asked, decide, explain
from moderato.policies import default_text
from moderato.store.store import Store

source_argument = click.argument("source", type=PolicyFile(), metavar="FILE")


@click.group()
def command() -> None:
    """Policies: the rules that approve, flag or reject a comment.

    FILE is a policy in TOML, or the word `default` for the one a site starts with.

    \b
      moderato policy default > my-policy.toml
      moderato policy check my-policy.toml
      moderato policy try my-policy.toml "You are an idiot."
      moderato policy push my-policy.toml --site daily-news
    """


@command.command()
def default() -> None:
    """Print the default policy, to be copied and changed."""
    click.echo(default_text(), nl=False)


@command.command()
@source_argument
@data_dir_option
def check(source: Source, folder: Path) -> None:
    """Say what is wrong with FILE, or what it does.

    Each problem is one line: file, line, what is wrong, and what would be right. Ends with
    status 1 when there is an error; a warning is none.

    A rule that asks for a score the model in use does not give gets a warning. MODERATO_MODEL
    names another model to check it for.
    """
    policy = source.policy(asyncio.run(model_in_use(folder)))
    for line in report.summary(policy):
        click.echo(line)


@command.command("try")
@source_argument
@click.argument("text")
@click.option("--score", "given", type=ByHand(), multiple=True, help="A score by hand; repeat it.")
@click.option("--unscored", is_flag=True, help="As if no model could score the text.")
@click.option(
    "--article-mode", type=click.Choice([mode.value for mode in ArticleMode]), default="open"
)
@click.option("--tighter", is_flag=True, help="As on an article that is held tighter.")
@click.option("--author-approved", type=click.IntRange(0), help="Comments approved so far.")
@click.option("--author-rejected", type=click.IntRange(0), help="Comments rejected so far.")
@click.option(
    "--author-standing", type=click.Choice([one.value for one in Standing]), default="none"
)
@click.option("--repeats", type=click.IntRange(1), default=1, help="Times it was posted.")
@data_dir_option
def try_(
    *,
    source: Source,
    folder: Path,
    text: str,
    given: tuple[tuple[str, float], ...],
    unscored: bool,
    article_mode: str,
    tighter: bool,
    author_approved: int | None,
    author_rejected: int | None,
    author_standing: str,
    repeats: int,
) -> None:
    """Show which rule of FILE would decide on TEXT, and why.

    The model scores TEXT, unless you give scores. What you do not say of the author's record is
    not known, and rules that ask for it do not match.

    \b
      moderato policy try default "See http://a.example" --author-approved 0
      moderato policy try my-policy.toml "Hm." --score toxicity=0.7 --score insult=0.5
      moderato policy try default "Hello" --unscored --article-mode premod
    """
    if unscored and given:
        raise click.UsageError("--unscored and --score exclude each other.")
    model = asyncio.run(model_in_use(folder))
    policy = source.policy(model)
    # What the policy asks for may be given, too: that tries it for a model still to come.
    known = dict.fromkeys([*(model.attributes if model else ()), *attributes_asked(policy)])
    scores = by_hand(given, known) if given else None
    if not given and not unscored:
        config = Config.from_env()
        scores = by_model(text, config, model.name if model else chosen(folder), models_of(folder))
    context = Context(
        author_approved,
        author_rejected,
        Standing(author_standing),
        article_tighter=Tighter() if tighter else None,
    )
    comment = _comment(text, ArticleMode(article_mode), repeats)
    decision = decide(policy, comment, scores, context)
    for line in report.verdict(decision):
        click.echo(line)
    click.echo()
    for line in report.readings(text, scores):
        click.echo(line)
    click.echo()
    for line in report.rules(explain(policy, comment, scores, context)):
        click.echo(line)


@command.command()
@source_argument
@click.option("--site", required=True, help="Whose policy it becomes.")
@with_store
async def push(store: Store, source: Source, site: str) -> None:
    """Put FILE in force for a site; comments from now on are decided by it.

    Every version is kept, so that each decision can be traced to the rules it was taken by.
    """
    if await store.sites.get(site) is None:
        raise click.ClickException(f"There is no site {site!r}; see `moderato site list`.")
    source.policy(await model_of(store, folder_in_use()))
    before = await store.policies.current_version(site)
    policy = await store.policies.push(site, source.text)
    if policy.version == before:
        click.echo(f"{site} has this policy already: {policy.name}, version {policy.version}.")
        return
    click.echo(f"In force for {site}: {policy.name}, version {policy.version}.")
    click.echo(f"Before: {f'version {before}' if before else 'the default'}.")


def _comment(text: str, mode: ArticleMode, repeats: int) -> Comment:
    """A comment of nobody in particular."""
    return Comment(
        site="",
        id="",
        article=Article(id="", url="", mode=mode),
        author=Author(id="", name=""),
        text=text,
        state=State.PENDING,
        version=1,
        received_at=0,
        written_at=0,
        repeats=repeats,
    )
