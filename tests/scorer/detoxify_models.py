"""Models as Detoxify publishes them, with random weights: real architectures, small sizes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, WordPiece
from tokenizers.trainers import BpeTrainer, WordPieceTrainer

from workers.scorer.pull.catalogue import MODELS, Base, Remote, Source

#: Sizes that make a test quick, and those of the models themselves.
SMALL = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "max_position_embeddings": 128,
}
FULL = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
}
VOCABULARY = {
    "bert-base-uncased": 30_522,
    "roberta-base": 50_265,
    "xlm-roberta-base": 250_002,
    "albert-base-v2": 30_000,
}


@dataclass(frozen=True)
class Made:
    """A model's files under ``folder``, as `moderato models import` takes them."""

    source: Source
    folder: Path

    @property
    def checkpoint(self) -> Path:
        return self.folder / self.source.checkpoint.name


def make(name: str, folder: Path, *, full: bool = False, seed: int = 7) -> Made:
    """The model ``name`` of Detoxify's, with weights and a tokenizer made on the spot.

    The source it comes with pins what was made, as Detoxify's pins what it published.
    """
    source = MODELS[name]
    base = source.base
    beside = folder / base.name
    beside.mkdir(parents=True, exist_ok=True)
    tokenizer = beside / "tokenizer.json"
    size = _TOKENIZERS[base.name](tokenizer, list(_corpus(seed)))
    architecture = getattr(transformers, base.architecture)
    config = _config(base, VOCABULARY[base.name] if full else size, full=full)
    (beside / "config.json").write_text(json.dumps(config))
    path = folder / source.checkpoint.name
    logits = 6 if "sexual_explicit" not in source.attributes else 16
    torch.save(checkpoint(source, _weights(architecture, config, logits, seed), logits), path)
    return Made(pin(source, path, beside), folder)


def checkpoint(source: Source, weights: dict[str, torch.Tensor], logits: int) -> dict[str, Any]:
    """Detoxify's layout, with its own old class names where it uses them."""
    old = {
        "toxicity": "toxic",
        "severe_toxicity": "severe_toxic",
        "identity_attack": "identity_hate",
    }
    classes = [old.get(a, a) if logits == 6 else a for a in source.attributes]
    kind = source.base.architecture.removesuffix("ForSequenceClassification")
    args = {
        "num_classes": logits,
        "model_type": source.base.name,
        "model_name": source.base.architecture,
        "tokenizer_name": f"{kind}Tokenizer",
    }
    return {
        "state_dict": weights,
        "config": {
            "name": "Jigsaw",
            "n_gpu": 1,
            "arch": {"type": kind, "args": args},
            "dataset": {"type": "JigsawData", "args": {"classes": classes}},
            "optimizer": {"type": "Adam", "args": {"lr": 3e-5, "amsgrad": True}},
        },
    }


def pin(source: Source, path: Path, beside: Path) -> Source:
    """``source`` with the hashes of what lies there now."""

    def pinned(remote: Remote, file: Path) -> Remote:
        return replace(remote, sha256=hashlib.sha256(file.read_bytes()).hexdigest())

    base = replace(
        source.base,
        tokenizer=pinned(source.base.tokenizer, beside / "tokenizer.json"),
        config=pinned(source.base.config, beside / "config.json"),
    )
    return replace(source, checkpoint=pinned(source.checkpoint, path), base=base)


def served(source: Source, url: str) -> Source:
    """``source`` as fetched from a mirror at ``url``."""
    base = replace(
        source.base,
        tokenizer=replace(source.base.tokenizer, url=f"{url}/{source.base.name}/tokenizer.json"),
        config=replace(source.base.config, url=f"{url}/{source.base.name}/config.json"),
    )
    return replace(
        source,
        checkpoint=replace(source.checkpoint, url=f"{url}/{source.checkpoint.name}"),
        base=base,
    )


def _config(base: Base, vocabulary: int, *, full: bool) -> dict[str, Any]:
    """The base's config.json, as its publisher has it but for the sizes."""
    sizes: dict[str, Any] = {**(FULL if full else SMALL), "vocab_size": vocabulary}
    if "roberta" in base.name:
        sizes["max_position_embeddings"] += 2
        sizes |= {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "type_vocab_size": 1}
        sizes |= {"layer_norm_eps": 1e-5, "hidden_act": "gelu"}
        sizes["model_type"] = base.name.removesuffix("-base")
    elif "albert" in base.name:
        sizes |= {"model_type": "albert", "embedding_size": 128 if full else 32}
        sizes |= {"hidden_act": "gelu_new", "pad_token_id": 0, "num_hidden_groups": 1}
    else:
        sizes |= {"model_type": "bert", "hidden_act": "gelu", "pad_token_id": 0}
    return sizes


def _weights(architecture: Any, config: dict[str, Any], logits: int, seed: int) -> Any:
    torch.manual_seed(seed)
    settings = architecture.config_class(**config)
    settings.num_labels = logits
    # Large enough that what the text says matters: scores that are all alike would agree
    # however wrong the conversion was. Twelve such layers would amplify every rounding.
    if settings.num_hidden_layers < 4:
        settings.initializer_range = settings.hidden_size**-0.5
    state = architecture(settings).state_dict()
    last = "classifier.out_proj" if "classifier.out_proj.weight" in state else "classifier"
    state[f"{last}.weight"] *= 1.5
    # Releases of transformers as old as the checkpoints saved these as well.
    kind = settings.model_type.replace("xlm-", "")
    positions = torch.arange(settings.max_position_embeddings)[None]
    return {**state, f"{kind}.embeddings.position_ids": positions}


_WORDS = (
    "thank you for this careful report harbour council mayor bridge closed since storm "
    "idiot stupid moron shut up everybody knows it break legs vermin go back news "
    "merci beaucoup idiota grazie obrigado güzel спасибо статью дурак これは良い記事です"
)


def _corpus(seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    words = _WORDS.split()
    for _ in range(400):
        yield " ".join(dice.choices(words, k=12)) + "."


def _bert(path: Path, corpus: list[str]) -> int:
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return _save(tokenizer, path)


def _roberta(path: Path, corpus: list[str]) -> int:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=500,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return _save(tokenizer, path)


def _xlm_roberta(path: Path, corpus: list[str]) -> int:
    model = _sentencepiece(path, corpus, "sentencepiece.bpe.model", "nmt_nfkc")
    return _fast(transformers.XLMRobertaTokenizer, model, path)


def _albert(path: Path, corpus: list[str]) -> int:
    model = _sentencepiece(
        path,
        [line.lower() for line in corpus],
        "spiece.model",
        "nmt_nfkc",
        control_symbols="[CLS],[SEP],[MASK]",
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        pad_piece="<pad>",
    )
    return _fast(transformers.AlbertTokenizer, model, path)


def _sentencepiece(path: Path, corpus: list[str], name: str, rule: str, **options: Any) -> Path:
    model = path.with_name(name)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus),
        model_prefix=str(model.with_suffix("")),
        vocab_size=300,
        hard_vocab_limit=False,
        normalization_rule_name=rule,
        minloglevel=2,
        **options,
    )
    model.with_suffix(".vocab").unlink()
    return model


def _fast(kind: Any, model: Path, path: Path) -> int:
    """The tokenizer.json that transformers makes of a SentencePiece model."""
    made = kind.from_pretrained(str(model.parent), local_files_only=True)
    size = _save(made.backend_tokenizer, path)
    model.unlink()
    return size


def _save(tokenizer: Tokenizer, path: Path) -> int:
    tokenizer.save(str(path))
    return tokenizer.get_vocab_size()


_TOKENIZERS = {
    "bert-base-uncased": _bert,
    "roberta-base": _roberta,
    "xlm-roberta-base": _xlm_roberta,
    "albert-base-v2": _albert,
}
