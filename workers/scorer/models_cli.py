"""`moderato models`: Detoxify's own models, fetched once and turned into what the engines run."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp
import click

from moderato.cli.deployment import choose_model, data_dir, model_in_use, models_dir
from moderato.config import Config, ConfigError
from workers.scorer.engines.manifest import BUNDLED, EngineError, Manifest, installed
from workers.scorer.pull.catalogue import MODELS, Remote, Source
from workers.scorer.pull.download import TIMEOUT, download
from workers.scorer.pull.errors import PullError, disk_error
from workers.scorer.pull.remembered import remembered
from workers.scorer.pull.shown import all_models, lines
from workers.scorer.pull.terminal import bar, one_at_a_time, quiet

#: Where files lie that were fetched and not yet installed, in the folder of models.
_DOWNLOADS: Final = ".downloads"
_INTERRUPTED: Final = 128 + signal.SIGINT

_folder_option = click.option(
    "--data-dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MODERATO_DATA_DIR",
    default=data_dir,
    show_envvar=True,
    help="Models lie in `models` in there; unused with MODERATO_MODELS_DIR.",
)
_precision_option = click.option(
    "--precision",
    type=click.Choice(("int8", "float32")),
    default="int8",
    show_default=True,
    help="float32 is exact, four times the size, and slower.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def group(context: click.Context) -> None:
    """Toxicity models: the bundled one, and Detoxify's own.

    Scorers load a model when they start: restart them after `use`. MODERATO_MODEL, where it is
    set, overrides `use`.

    \b
      moderato models list
      moderato models pull multilingual
      moderato models use multilingual
    """
    context.obj = context.obj or MODELS


# -- list -------------------------------------------------------------------------------------
@group.command("list")
@_folder_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_(sources: Mapping[str, Source], folder: Path, as_json: bool) -> None:
    """Show which models there are, what they score, and which one is in use."""
    config = Config.from_env()
    models = models_dir(config, folder)
    used = model_in_use(config, models)
    shown = list(all_models(sources, models, used))
    if as_json:
        rows = [{field: getattr(one, field) for field in one.__slots__} for one in shown]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in shown:
        click.echo("\n".join(lines(one)))
    if used not in {one.name for one in shown if one.installed}:
        click.echo(f"\nIn use is {used}, which is not installed: scorers cannot start with it.")
    if config.model:
        click.echo(f"\nMODERATO_MODEL={config.model} overrides `moderato models use`.")


# -- pull -------------------------------------------------------------------------------------
@group.command()
@click.argument("name")
@_folder_option
@_precision_option
@click.option("--mirror", metavar="URL", help="Fetch from there; laid out as for `import`.")
@click.option(
    "--download-only",
    "to",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Only fetch and check the files, for `import` on another machine.",
)
@click.pass_obj
def pull(
    sources: Mapping[str, Source],
    name: str,
    folder: Path,
    precision: str,
    mirror: str | None,
    to: Path | None,
) -> None:
    """Fetch NAME from Detoxify's and Hugging Face's servers, convert and install it.

    An interrupted download is gone on with by the same command. The checkpoint is checked
    against its hash, and read as data: a program in it is refused, not run. What is installed
    was compared with the original on sample texts.

    \b
      moderato models pull unbiased
      moderato models pull original --mirror https://mirror.example/detoxify
      moderato models pull multilingual --download-only /media/stick
    """
    source = _source(sources, name)
    if mirror:
        source = _mirrored(source, mirror.rstrip("/"))
    if to is not None:
        asyncio.run(_fetch(source, to))
        click.echo(f"In {to}: {name}, to install with `moderato models import FOLDER`.")
        return
    models = models_dir(Config.from_env(), folder)
    with one_at_a_time(models):
        from workers.scorer.pull.install import recorded

        found = recorded(name, models)
        if found and found[1] == precision:
            click.echo(f"{name} is installed already, and whole. {_how_to_use(name)}")
            return
        source = remembered(source, models)
        downloads = models / _DOWNLOADS
        asyncio.run(_fetch(source, downloads))
        _install(source, downloads, models, precision, keep=False)
        _remove_downloads(source, downloads)


async def _fetch(source: Source, to: Path) -> None:
    """Every file of ``source``, laid out as `import` takes them."""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as http:
        # The small ones first: what is wrong with the way there shows at once.
        for remote in source.base.files:
            with bar(f"{source.base.name}/{remote.name}") as progress:
                await download(http, remote, to / source.base.name / remote.name, progress)
        with bar(source.checkpoint.name) as progress:
            await download(http, source.checkpoint, to / source.checkpoint.name, progress)


def _mirrored(source: Source, url: str) -> Source:
    def at(remote: Remote, *parts: str) -> Remote:
        return replace(remote, url="/".join((url, *parts, remote.name)))

    base = source.base
    base = replace(base, tokenizer=at(base.tokenizer, base.name), config=at(base.config, base.name))
    return replace(source, checkpoint=at(source.checkpoint), base=base)


def _remove_downloads(source: Source, downloads: Path) -> None:
    for path in (downloads / source.checkpoint.name, *_beside(source, downloads)):
        path.unlink(missing_ok=True)


# -- import -----------------------------------------------------------------------------------
@group.command("import")
@click.argument("source_folder", metavar="FOLDER", type=click.Path(path_type=Path, exists=True))
@click.argument("names", metavar="[NAME]...", nargs=-1)
@_folder_option
@_precision_option
@click.pass_obj
def import_(
    sources: Mapping[str, Source],
    source_folder: Path,
    names: tuple[str, ...],
    folder: Path,
    precision: str,
) -> None:
    """Install models from FOLDER, without a network: NAMEs, or all that lie there.

    FOLDER is what `moderato models pull NAME --download-only FOLDER` made elsewhere, or you
    did: the checkpoint under Detoxify's file name, and tokenizer.json and config.json of what
    it was trained from in a folder of that name.

    \b
      /media/stick/toxic_original-c1212f89.ckpt
      /media/stick/bert-base-uncased/tokenizer.json
      /media/stick/bert-base-uncased/config.json
    \b
      moderato models import /media/stick
    """
    wanted = [_source(sources, name) for name in names] or [
        source for source in sources.values() if (source_folder / source.checkpoint.name).exists()
    ]
    if not wanted:
        files = ", ".join(source.checkpoint.name for source in sources.values())
        raise PullError(f"There is no checkpoint of Detoxify's in {source_folder}: {files}.")
    for source in wanted:
        for path in (source_folder / source.checkpoint.name, *_beside(source, source_folder)):
            if not path.is_file():
                raise PullError(f"{path} is missing; {source.name} needs it.")
    models = models_dir(Config.from_env(), folder)
    with one_at_a_time(models):
        for source in wanted:
            _install(remembered(source, models), source_folder, models, precision, keep=True)


def _beside(source: Source, folder: Path) -> tuple[Path, Path]:
    """Where tokenizer and configuration of ``source`` lie."""
    base = source.base
    return folder / base.name / base.tokenizer.name, folder / base.name / base.config.name


def _install(source: Source, files: Path, models: Path, precision: str, *, keep: bool) -> None:
    from workers.scorer.pull.install import Files, install

    tokenizer, config = _beside(source, files)
    given = Files(files / source.checkpoint.name, tokenizer, config, keep)
    quiet()
    manifest = install(
        source, given, models, precision=precision, say=lambda what: click.echo(f"{what} ...")
    )
    size = sum(path.stat().st_size for path in manifest.folder.iterdir())
    agreement = json.loads((manifest.folder / "model.json").read_text())["agreement"]
    click.echo(
        f"Installed {source.name} {manifest.version} ({precision}, {size / 1e6:,.0f} MB with its "
        f"checkpoint). Its scores are within {agreement['largest']:.4f} of the original's, "
        f"{agreement['mean']:.4f} on average.\n{_how_to_use(source.name)}"
    )


# -- use --------------------------------------------------------------------------------------
@group.command()
@click.argument("name")
@_folder_option
@click.pass_obj
def use(sources: Mapping[str, Source], name: str, folder: Path) -> None:
    """Make NAME the model that scorers load when they start next.

    Comments that have their scores keep them.

    \b
      moderato models use unbiased
      moderato models use compact
    """
    config = Config.from_env()
    models = models_dir(config, folder)
    if name not in installed(BUNDLED, models) and name in sources:
        raise PullError(f"{name} is not installed: run `moderato models pull {name}` first.")
    manifest = Manifest.of(name, BUNDLED, models)
    for file in ("model.onnx", "tokenizer.json"):
        manifest.read(file)
    try:
        choose_model(models, name)
    except OSError as error:
        raise disk_error(error, models) from error
    click.echo(
        f"From now on: {name}, which scores {', '.join(manifest.attributes)}.\n"
        "Restart the scorers (or `moderato up`): they load a model when they start. Comments "
        "that have their scores keep them; `moderato rescore` shows what the new one would change."
    )
    if config.model and config.model != name:
        click.echo(f"But MODERATO_MODEL={config.model} is set here, and overrides it.", err=True)


# -- for all of them --------------------------------------------------------------------------
def _source(sources: Mapping[str, Source], name: str) -> Source:
    if name not in sources:
        raise click.UsageError(f"There is no {name!r} to fetch; say one of {', '.join(sources)}.")
    return sources[name]


def _how_to_use(name: str) -> str:
    return f"Make it the one in use with `moderato models use {name}`."


def main(sources: Mapping[str, Source] = MODELS, **settings: Any) -> None:
    """The entry point: whatever cannot be done is one message, not a traceback."""
    # Ended like by Ctrl-C: what is half done is taken away first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        group(prog_name="moderato models", obj=sources, standalone_mode=False, **settings)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ConfigError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except (PullError, EngineError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "\nInterrupted. Nothing is half installed; what was fetched is kept, and the same "
            "command goes on from there.",
            err=True,
        )
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
