"""``python -m services.console``: wiring only."""

from __future__ import annotations

import sys

from moderato.program import main
from services.console.service import serve

if __name__ == "__main__":
    sys.exit(main("services.console", "The page on which moderators decide.", serve))
