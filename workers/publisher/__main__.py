"""``python -m workers.publisher``: wiring only."""

from __future__ import annotations

import sys

from moderato.program import main
from workers.publisher.service import serve

if __name__ == "__main__":
    sys.exit(main("workers.publisher", "Releases what was decided, and sends webhooks.", serve))
