"""``python -m tests.scorer.full_size [NAME]...``: install models of full size, and measure.

Takes minutes and gigabytes, so no test run does it. The weights are random, so the figures say
what an installation costs and that it works at this size, not how well the scores of Detoxify's
own weights survive: each installation measures and records that itself.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.scorer.detoxify_models import make
from workers.scorer.pull.catalogue import MODELS
from workers.scorer.pull.install import Files, install


def measure(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        made = make(name, Path(folder) / "files", full=True)
        before = time.monotonic()
        beside = made.folder / made.source.base.name
        files = Files(made.checkpoint, beside / "tokenizer.json", beside / "config.json", False)
        manifest = install(made.source, files, Path(folder) / "models", say=lambda _: None)
        seconds = time.monotonic() - before
        raw = json.loads((manifest.folder / "model.json").read_text())
        sizes = {path.suffix: path.stat().st_size / 1e6 for path in manifest.folder.iterdir()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        return (
            f"{name}: {seconds:.0f} s, {peak:.1f} GB of memory at most; checkpoint "
            f"{sizes['.ckpt']:.0f} MB, model.onnx {sizes['.onnx']:.0f} MB; scores differ by "
            f"{raw['agreement']['mean']:.4f} on average, {raw['agreement']['largest']:.4f} at most"
        )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(measure(sys.argv[1]))
    else:
        # A process for each: the peak of one is not the next one's.
        for wanted in sys.argv[1:] or MODELS:
            subprocess.run([sys.executable, "-m", "tests.scorer.full_size", wanted], check=False)
