"""Describe a model without loading it: ``python -m workers.scorer.about_cli --help``.

Writes one JSON document: name, version, attributes, languages, whether it marks spans.
"""

from __future__ import annotations

from pathlib import Path

import click

from moderato.store.models import as_json
from workers.scorer.engines import EngineError, describe
from workers.scorer.engines.manifest import BUNDLED, Manifest


@click.command()
@click.option("--models-dir", "models", type=click.Path(path_type=Path), required=True)
@click.argument("model")
def main(model: str, models: Path) -> None:
    """Say what MODEL scores, bundled or in the folder of pulled ones."""
    try:
        click.echo(as_json(describe(Manifest.of(model, BUNDLED, models))))
    except EngineError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
