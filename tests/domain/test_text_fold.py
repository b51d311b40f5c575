"""Disguises are undone, and what is no disguise is left alone."""

# ruff: noqa: RUF001 -- letters that look alike are what is tested
from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderato.domain.text import clean, fold

DISGUISED = {
    "fullwidth": ("ｆｕｃｋ ｙｏｕ", "fuck you"),
    "mathematical": ("𝓯𝓾𝓬𝓴 𝕪𝕠𝕦", "fuck you"),
    "circled": ("ⓕⓤⓒⓚ", "fuck"),
    "zero width": ("f\u200bu\u200cc\u2060k y\ufeffou", "fuck you"),
    "soft hyphen": ("mo\xadron", "moron"),
    "bidi marks": ("mo\u202er\u202con", "moron"),
    "bidi override": ("\u202eyllis ,norom uoy\u202c", "you moron, silly"),
    "variation selectors": ("m\ufe0fo\ufe00r\U000e0100on", "moron"),
    "tag characters": ("mo\U000e0072ron", "moron"),
    "Hangul filler": ("mo\u3164ron", "moron"),
    "control characters": ("mo\x00r\x1bon", "moron"),
    "zalgo": ("m̷̛͚o̸̢̖r̶̨̈́o̵͇̾n̵̰̏ here", "moron here"),
    "struck out": ("m̶o̶r̶o̶n̶", "moron"),
    "marks that no letter has": ("f́úćḱ", "fuck"),
    "Cyrillic": ("yоu fuсking mоrоn", "you fucking moron"),
    "Cyrillic alone": ("what a соре you are", "what a cope you are"),
    "nearly Cyrillic": ("you fuсker, you шhore", "you fucker, you whore"),
    "Greek": ("mοrοn, shιτ", "moron, shit"),
    "several scripts at once": ("ցսу іԁіοτ ѡһοге", "guy idiot whore"),
    "Armenian": ("mօrօn", "moron"),
    "Cherokee": ("ᎷᎾRON".replace("Ꮎ", "O"), "MORON"),
    "small capitals": ("ᴍᴏʀᴏɴ", "moron"),
    "fancy text": ("you ᗰOᖇOᑎ", "you MORON"),
    "badges": ("🅼🅾🆁🅾🅽 🅱️itch", "MORON Bitch"),
    "lone indicators": ("🇫 🇺 🇨 🇰", "FUCK"),
    "leet": ("sh1t b1tch f4ggot n1gg3r5 wh0r3s r3t4rd", "shit bitch faggot niggers whores retard"),
    "leet in capitals": ("SH1T D1CK", "SHIT DICK"),
    "doubled leet": ("n00b l33t b00bs", "noob leet boobs"),
    "leet nearly whole": ("1d10t n1993r b17ch35 d1pst1ck", "idiot nigger bitches dipstick"),
    "one as l": ("assho1e k1ll", "asshole kill"),
    "signs": (
        "@ss @$$hole a$$ pu$$y $hit b@stard sh!t d|ck",
        "ass asshole ass pussy shit bastard shit dick",
    ),
    "masked": ("f*ck f**king sh*t b*tch F**K a**hole", "fuck fucking shit bitch FUCK asshole"),
    "masked in emphasis": ("*f*ck* this", "*fuck* this"),
    "spaced out": ("f u c k you", "fuck you"),
    "dotted": ("what an i.d.i.o.t.", "what an idiot."),
    "other separators": ("i-d-i-o-t i_d_i_o_t i*d*i*o*t", "idiot idiot idiot"),
    "one letter a line": ("m\no\nr\no\nn", "moron"),
    "wider gaps between words": ("s h i t  h e a d", "shit  head"),
    "drawn out": ("fuuuuck sooooo STUPIIID asssshole", "fuck soo STUPID asshole"),
    "all drawn out": ("fffuuuccckkk iiiidddiiiooottt", "fuck idiot"),
    "spaced leet": ("s h 1 t", "shit"),
    "spaced Cyrillic": ("с u n t", "cunt"),
    "leet with Cyrillic": ("сh1сk", "chick"),
    "all at once": ("y\u200bоu Ｆ.υ.с.k.1.n.g m̶оr0n", "you Fucking moron"),
}

PLAIN = [
    "",
    "An ordinary comment, with a comma; and a dash – and “quotes”.",
    "In 2020 the 4th B2B fair cost $5m, US$ 3bn or €20, about 100km from the A55.",
    "H1N1, covid19, W3C, MP3, F16, G20, PS5, 5G, 4K, 9mm, 10m15s, 17h30, s01e05, r2d2, 1v1, x86",
    "log4j2 and sha256sum and b100d",
    "$AAPL is up 3%, C++ and C# and A+ and Q&A and AT&T",
    "write to bob.sm1th@ex4mple.com or see https://ex4mple.com/sh1t?a$b=c@d and www.w3.org",
    "thanks @sam and @m1ke, see #b2b",
    "J. R. R. Tolkien lived in the U.S.A., a.k.a. the States, e.g. in Washington D.C.",
    "u r a star, as are x y z and plans A B C",
    "kkkkkk, xxx and the KKK, mmm",
    "Louis XIV, World War III, chapter VIII, XXX",
    "**bold** and *emphasis*, a footnote* and no!stop",
    "Straße, Ænima, naïve, façade, piñata, Žluťoučký kůň, Nguyễn Văn Ắn, İstanbul ılık, smørrebrød",
    "Привет! Как дела? Это оса, а не сосна. В США, и с ним, за́мок.",
    "Їжак і ґава — це Київ. СССР, ВВС, МВФ.",
    "ВОСТОК, оса ok",
    "The Russian words оса and сосна mean wasp and pine, Greek ναι means yes, ως is as.",
    "Гласные а о у е x",
    "Он купил iPhone и едет в IT-отдел.",
    "Ο Γιάννης είπε όχι. Καλημέρα, ναι! ΟΧΙ",
    "An α particle, Δt and 5 μg of β-carotene, 3 kΩ, σ = 2",
    "السلام عليكم ورحمة الله وبركاته، مُحَمَّد ﷺ هههههه",
    "می‌خواهم کتاب‌ها را بخوانم",
    "שָׁלוֹם עֲלֵיכֶם, בְּרֵאשִׁית בָּרָא אֱלֹהִים. חחחח",
    "क्षत्रिय और हिन्दी, क्‍ष",
    "สวัสดีครับ กินข้าวหรือยัง ๕๕๕๕",
    "안녕하세요 ㅋㅋㅋㅋㅋ ㅠㅠ 정말요",
    "日本語のテキスト、Tシャツ。葛\U000e0100城市",
    "今天天气很好，哈哈哈哈",
    "👨‍👩‍👧‍👦 ❤️ 1️⃣ #️⃣ 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇫🇷🇩🇪 🅰️ ☠️ 🏳️‍🌈",
    "if (x1 != 0) { return a[i] + b2; }\n\tfor k in range(10):\n\t\tfoo_1 = bar(y3)  # ok",
    "utf8_decode(s1), v1.2.3, sha256 == md5(x), log_4, arr[0]['a']",
]


@pytest.mark.parametrize(("written", "meant"), DISGUISED.values(), ids=DISGUISED)
def test_a_disguise_is_undone(written: str, meant: str) -> None:
    assert fold(written) == meant


def test_an_override_of_right_to_left_text_turns_nothing_round() -> None:
    assert fold("\u202eשלום 12\u202c") == "שלום 12"


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_disguise_stays(text: str) -> None:
    kept = {"ㅋ", "ㅠ", "ﷺ"}  # NFKC would take these apart
    composed = "".join(c if c in kept else unicodedata.normalize("NFKC", c) for c in text)
    assert fold(text) == unicodedata.normalize("NFC", composed)


#: Pieces that disguises are made of, so that they meet each other.
PIECES = st.sampled_from(
    list("aaabcefhiklmnostuxyFUCK013457926@$!|*#%€_-. .\n\t,/'’()=:;éüßñİıſ")
    + list("асеорхукмтвнпяиαβεικρητυνμ")
    + [
        "\u202e",
        "\u202c",
        "\u0301",
        "\u0336",
        "\u0317",
        "\u0345",
        "\u200b",
        "\u200d",
        "\ufe0f",
        "\u20e3",
        "\xad",
    ]
    + ["🅱", "🅰", "🅵", "🇫", "🇺", "👨", "🏴", "\U000e0067", "\u3164", "\u2800", "\u115f"]
    + ["ﷺ", "㎯", "½", "ﬀ", "ｆ", "𝓯", "ㅋ", "ᄏ", "ᅡ", "가", "中", "を", "ש", "ּ", "ا", "ّ", "ก", "้"]
    + ["Ꭺ", "ᖴ", "ꓝ", "www.", ".com", "http://", "f*ck", "n00b", "$$", "s h i t"]
)
HOSTILE = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=40))


@settings(max_examples=1_000, deadline=None)
@given(HOSTILE)
@example("🅵е$Ꭺ🅵Ꭺ🅵Ꭺ🅰ееᎪᎪ🅵\u200d$е🅰Ꭺ🅰е🅰🅵")
@example("aを\u05bc\u0301\u3164\u0e49м")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert clean(clean(text)) == clean(text)


@settings(max_examples=500, deadline=None)
@given(HOSTILE)
@example("㎯" * 20)
@example("ﷺ" * 20)
def test_the_result_is_bounded_and_can_be_stored(text: str) -> None:
    folded = fold(text)
    assert len(folded) <= 6 * len(text)
    folded.encode("utf-8")


#: Letters of Hebrew, Arabic, Hindi, Thai, Japanese, Chinese and Korean.
FOREIGN = [
    st.characters(min_codepoint=first, max_codepoint=last)
    for first, last in (
        *((0x5D0, 0x5EA), (0x620, 0x64A), (0x905, 0x939), (0xE01, 0xE2E), (0x3041, 0x3094)),
        *((0x30A1, 0x30FA), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3)),
    )
]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(*FOREIGN, st.sampled_from(" ,.!?\n")), max_size=40))
def test_text_of_other_scripts_stays(text: str) -> None:
    assert fold(text) == unicodedata.normalize("NFKC", text)


def _calls(work: Callable[[], object]) -> int:
    """How many calls ``work`` makes."""
    count = 0

    def watch(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


LONG = [
    "a ",
    "a.",
    "f1",
    "a*",
    "$",
    "🅵",
    "сa",
    "с",
    "f\u0336",
    "a\u200b",
    "@a",
    "http://",
    "㎯",
    ".",
]


@pytest.mark.parametrize("piece", LONG)
def test_the_work_grows_with_the_length_only(piece: str) -> None:
    short, long = (piece * 1_000)[:1_000], (piece * 4_000)[:4_000]
    assert _calls(lambda: fold(long)) <= 5 * _calls(lambda: fold(short)) + 100


@pytest.mark.parametrize("piece", ["a ", "a.", "f1", "a*", "aA", "._", "a'", "$a", "a(", "@", "-a"])
def test_a_very_long_text_ends(piece: str) -> None:
    """Backtracking would take minutes here, beyond the test's time limit."""
    fold((piece * 300_000)[:300_000])
