"""``python -m moderato.cli`` is ``moderato``."""

from moderato.cli import main

main()
