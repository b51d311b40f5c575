"""``python -m services.intake``: wiring only."""

from __future__ import annotations

import sys

from moderato.program import main
from services.intake.service import serve

if __name__ == "__main__":
    sys.exit(main("services.intake", "The API to which sites post comments.", serve))
