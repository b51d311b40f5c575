"""Make the model: ``python -m training.train --data DIR --out DIR``.

A run that was interrupted goes on from its last checkpoint in the out folder. The rate of learning
is level until the last three tenths of the first part, so that this can be made longer or shorter
while it is under way, by starting again with another number of steps. Then a larger encoder learns
from the same rows, and the model learns from both of them together; ``--model`` begins there, with
the model of a folder.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from tqdm import tqdm

from training import model as models
from training import teacher as teachers
from training import templates
from training.augment import variant
from training.batches import MAX_TOKENS, Batch, Example, batched, collate, encode, shown
from training.data import LABELS, Row, fingerprint, load, unseen
from training.export import calibrate
from training.lessons import judged, taught
from training.mix import GROUPS, GROUPS_SHARE, LESSONS, LESSONS_FROM, TALK, TEACHER, Mix
from training.model import Compact
from training.restart import read_model
from training.run import LONG, SEED, SHORT, Pace, Run, predict
from training.teacher import Teacher
from workers.scorer.engines.prepare import prepare

SAVE_EVERY = 250
LOOK_EVERY = 2_000
#: Of a text, so many tokens are read in the first part: the cost is in the long ones, the sense
#: mostly in front.
FIRST_TOKENS = 128


def look(rows: list[Row], logits: NDArray[np.float64]) -> dict[str, float]:
    """AUC per label over held-out rows of all sources, and of toxicity by source."""
    labels = np.array([row.labels for row in rows]) >= 0.5
    known = np.array([row.weights for row in rows]) > 0
    sources = np.array([row.source for row in rows])
    slices = [(name, j, known[:, j]) for j, name in enumerate(LABELS)]
    slices += [(source, 0, known[:, 0] & (sources == source)) for source in sorted(set(sources))]
    return {
        name: round(float(roc_auc_score(labels[of, j], logits[of, j])), 4)
        for name, j, of in slices
        if 5 <= labels[of, j].sum() <= of.sum() - 5
    }


def tokenizer_of(out: Path, train: list[Row]) -> Tokenizer:
    """The run's tokenizer: chosen once, then kept in ``out``."""
    path = out / "tokenizer.json"
    if not path.exists():
        rng = random.Random(SEED)
        texts = [r.text for r in train] + [variant(r.text, rng) for r in train[::4]]
        texts += [r.text for r in templates.make(GROUPS.made, SEED)]
        models.build_tokenizer(models.choose_vocabulary(map(prepare, texts))).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class Part:
    """The batches of a part of a run, without end, from where it stands.

    ``rows_of`` gives the rows of an epoch, each as it is shown.
    """

    def __init__(
        self, run: Run, tokenizer: Tokenizer, tokens: int, rows_of: Callable[[int], list[Row]]
    ) -> None:
        self._run = run
        self._tokenizer = tokenizer
        self._tokens = tokens
        self._rows_of = rows_of

    def __iter__(self) -> Iterator[Batch]:
        while True:
            batches = self._epoch(self._run.number)
            while self._run.at < len(batches):
                self._run.at += 1
                yield collate(batches[self._run.at - 1])
            self._run.number += 1
            self._run.at = 0

    def _epoch(self, number: int) -> list[list[Example]]:
        self._tokenizer.enable_truncation(self._tokens)
        batches = batched(self._tokenizer, self._rows_of(number), seed_of(number))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        return batches


def seed_of(number: int) -> int:
    """What is drawn by chance in an epoch follows from it."""
    return SEED * 1000 + number


def epoch_of(rows: list[Row], mix: Mix, number: int, banned: frozenset[str]) -> list[Row]:
    """The rows of an epoch of ``mix``, as shown, with sentences made for it; none in ``banned``."""
    seed = seed_of(number)
    made = [r for r in templates.make(mix.made, seed) if fingerprint(r.text) not in banned]
    return shown([*rows, *made], mix, seed)


def learn(
    run: Run,
    part: Part,
    pace: Pace,
    last: int,
    seen: Callable[[], dict[str, float]],
    until: int | None = None,
) -> None:
    """Let ``run`` learn ``part`` up to batch ``last``, or to ``until`` on the way there.

    Keeps it every ``SAVE_EVERY`` batches, and says what is ``seen`` of it every ``LOOK_EVERY``.
    """
    batches = iter(part)
    mean_loss = 0.0
    with tqdm(total=last, initial=run.step, unit="batch", mininterval=10) as bar:
        while run.step < (last if until is None else until):
            loss = run.learn(next(batches), pace.rate(run.step, last), pace.ema)
            mean_loss += 0.02 * (loss - mean_loss)
            bar.update()
            bar.set_postfix(epoch=run.number, loss=f"{mean_loss:.4f}", refresh=False)
            if run.step % SAVE_EVERY == 0 or run.step == last:
                run.save()
            if run.step % LOOK_EVERY == 0 or run.step == last:
                bar.write(json.dumps({"step": run.step, **seen()}))


def teach(teacher: Teacher, rows: list[Row], steps: int) -> None:
    """Let ``teacher`` learn from ``rows``, in batches that follow from the seed."""
    if teacher.step >= steps:
        return
    batches = batched(teacher.tokenizer, rows, SEED)
    with tqdm(total=steps, initial=teacher.step, unit="batch", mininterval=10) as bar:
        bar.set_description("teacher")
        while teacher.step < steps:
            batch = collate(batches[teacher.step % len(batches)])
            teacher.learn(batch, teachers.PACE.rate(teacher.step, steps))
            bar.update()
            if teacher.step % SAVE_EVERY == 0 or teacher.step == steps:
                teacher.save()


def lessons_of(
    rows: list[Row],
    teacher: Callable[[], Teacher],
    small: Compact,
    tokenizer: Tokenizer,
    said: Path,
) -> list[Row]:
    """``rows`` with the labels that ``teacher`` and ``small``, calibrated, give them together.

    What the teacher says is kept in the file ``said``; with that, it is not asked again. Raises
    ClickException where that is of other texts.
    """
    asked = [i for i, row in enumerate(rows) if judged(row)]
    texts = [rows[i].text for i in asked]
    of = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if not said.exists():
        found = teacher().judge(texts)
        part = said.with_suffix(".part.npz")
        np.savez(part, logits=found, of=of)
        part.replace(said)
    with np.load(said) as kept:
        if kept["of"] != of:
            raise click.ClickException(f"{said} is of other data: begin with an empty --out.")
        logits = kept["logits"]
    together = np.zeros((len(rows), len(LABELS)))
    together[asked] = expit((logits + predict(small, encode(tokenizer, texts))) / 2)
    return taught(rows, together)


def installed_teacher(out: Path) -> Path:
    """The encoder in the installed packages, put together below ``out``."""
    try:
        return teachers.base_folder(out)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--steps", default=6_000, show_default=True, help="Batches of 4,096 tokens.")
@click.option("--lessons", default=1_000, show_default=True, help="Batches of the second part.")
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Begin the second part with the model in this folder, such as "
    "workers/scorer/models/compact.",
)
@click.option(
    "--teacher",
    "base",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the encoder that teaches; without it, the one in the installed packages.",
)
@click.option("--teacher-steps", default=240, show_default=True, help="Batches that it learns.")
@click.option("--threads", default=2, show_default=True)
def main(
    data: Path,
    out: Path,
    steps: int,
    lessons: int,
    model: Path | None,
    base: Path | None,
    teacher_steps: int,
    threads: int,
) -> None:
    """Train, from the start or from the last checkpoint in OUT.

    \b
      python -m training.train --data DIR --out run
      python -m training.train --data DIR --out run --model workers/scorer/models/compact
    """
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)  # for the fresh heads
    out.mkdir(parents=True, exist_ok=True)
    base = base or installed_teacher(out)
    if model:
        shutil.copyfile(model / "tokenizer.json", out / "tokenizer.json")
    train, validation = load(data)
    tokenizer = tokenizer_of(out, train)
    held_out = encode(tokenizer, [r.text for r in validation])
    run = Run(tokenizer, out / "checkpoint.pt")
    if model and not run.in_lessons:
        run.begin_lessons(read_model(model, MAX_TOKENS))
    banned = unseen(data)
    click.echo(f"{len(train)} rows, {len(validation)} held out")

    def seen() -> dict[str, float]:
        result = run.result() if run.in_lessons else run.average
        return look(validation, predict(result, held_out))

    def first(mix: Mix) -> Part:
        return Part(run, tokenizer, FIRST_TOKENS, lambda n: epoch_of(train, mix, n, banned))

    if not run.in_talk:
        learn(run, first(GROUPS), LONG, steps, seen, until=int(GROUPS_SHARE * steps))
        run.begin_talk()
    if not run.in_lessons:
        learn(run, first(TALK), LONG, steps, seen)
        run.begin_lessons(run.average)

    def teacher() -> Teacher:
        found = Teacher(base, out / "teacher.pt")
        teach(found, epoch_of(train, TEACHER, LESSONS_FROM - 1, banned), teacher_steps)
        return found

    small = run.began()
    calibrate(small, tokenizer, validation)
    asked = epoch_of(train, LESSONS, LESSONS_FROM, banned)
    rows = lessons_of(asked, teacher, small, tokenizer, out / "lessons.npz")
    learn(run, Part(run, tokenizer, MAX_TOKENS, lambda _: rows), SHORT, lessons, seen)
    click.echo("done; next: python -m training.export")


if __name__ == "__main__":
    main()
