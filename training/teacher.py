"""Labels that a source does not give, filled in by guessing.

Few sources say what is obscene, a threat or an insult. What is not toxic is none of these. For what
is toxic, the model as it is before polishing guesses, and a linear model over words does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from training.batches import encode
from training.data import LABELS, Row
from training.mix import HATE_ONLY
from training.model import Compact
from training.run import predict

#: How much a guess counts beside a label that somebody gave.
TAUGHT = 0.3
#: How much the linear model counts in a guess; the rest is the model before polishing.
LINEAR = 1 / 3
#: Sources that say most of the labels, by how their names begin: the linear model learns these.
LABELLED = ("jigsaw2018", "toxic_spans")


def taught(rows: Sequence[Row], model: Compact, tokenizer: Tokenizer) -> list[Row]:
    """``rows`` with their unknown labels filled in, where there is something to go by.

    ``model`` is calibrated. Rows of mild toxicity stay as they are, and "no hate speech" says
    nothing of other kinds.
    """
    result = [
        _filled(row, (0.0,) * len(LABELS))
        if row.labels[0] == 0 and row.weights[0] > 0 and not row.source.startswith(HATE_ONLY)
        else row
        for row in rows
    ]
    toxic = [i for i, row in enumerate(rows) if row.labels[0] >= 0.5 and 0 in row.weights]
    for i, guess in zip(toxic, _guesses(rows, toxic, model, tokenizer), strict=True):
        result[i] = _filled(rows[i], guess.tolist())
    return result


def _filled(row: Row, guess: Sequence[float]) -> Row:
    known = [weight > 0 for weight in row.weights]
    labels = zip(known, row.labels, guess, strict=True)
    return replace(
        row,
        labels=tuple(label if sure else other for sure, label, other in labels),
        weights=tuple(weight or TAUGHT for weight in row.weights),
    )


def _guesses(
    rows: Sequence[Row], toxic: list[int], model: Compact, tokenizer: Tokenizer
) -> NDArray[np.float64]:
    texts = [rows[i].text for i in toxic]
    if not texts:
        return np.zeros((0, len(LABELS)))
    guesses = np.asarray(expit(predict(model, encode(tokenizer, texts))))
    learnt = [row for row in rows if row.source.startswith(LABELLED)]
    words = TfidfVectorizer(sublinear_tf=True, min_df=3, ngram_range=(1, 2))
    known = words.fit_transform([row.text for row in learnt])
    wanted = words.transform(texts)
    for j in range(1, len(LABELS)):
        sure = [i for i, row in enumerate(learnt) if row.weights[j] > 0]
        labels = [learnt[i].labels[j] >= 0.5 for i in sure]
        if len(set(labels)) == 2:  # else there is nothing to learn
            linear = LogisticRegression(C=4, solver="liblinear").fit(known[sure], labels)
            guesses[:, j] += LINEAR * (linear.predict_proba(wanted)[:, 1] - guesses[:, j])
    return guesses
