"""Describe a model without loading it: ``python -m workers.scorer.about_cli compact``.

Writes one JSON document: name, version, attributes, languages, whether it marks spans.
"""

from __future__ import annotations

import click

from moderato.store.models import as_json
from workers.scorer.engines import EngineError, describe
from workers.scorer.engines.manifest import Manifest


@click.command()
@click.argument("model")
def main(model: str) -> None:
    """Say what MODEL scores."""
    try:
        click.echo(as_json(describe(Manifest.of(model))))
    except EngineError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
