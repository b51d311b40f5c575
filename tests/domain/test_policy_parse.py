"""Reading a policy: what is good, and what is said about what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.policy import Outcome, PolicyError, attributes_asked, parse, read
from moderato.domain.scores import ATTRIBUTES, ModelInfo

HEAD = 'name = "test"\notherwise = "approve"\n'
RULE = '[[rules]]\nname = "it"\n'
ATTRIBUTES_LISTED = ", ".join(f'"{name}"' for name in sorted(ATTRIBUTES))
COMPARISONS = 'write ">= {0}", "> {0}", "< {0}", "<= {0}", "= {0}" or "between {0} and {1}"'
SHARES, COUNTS = COMPARISONS.format("0.7", "0.9"), COMPARISONS.format("3", "5")


def model(*attributes: str) -> ModelInfo:
    return ModelInfo("small", "1", attributes, frozenset({"en"}))


def problems(text: str) -> list[str]:
    """What is said about ``text`` where the model in use is like the bundled one."""
    return [str(problem) for problem in read(text, model(*ATTRIBUTES)).problems]


def test_a_policy_has_what_the_file_says() -> None:
    policy = parse(
        """
        name = "strict"
        description = "For elections."
        otherwise = "flag"
        [words]
        rude = ["twit", "git*", "twit"]
        [[rules]]
        name = "rude"
        then = "reject"
        reason = "Rude: {words}"
        tell_author = "Please be kind."
        when.words = "rude"
        [[rules]]
        name = "first"
        then = "flag"
        priority = 1
        [rules.when]
        author_approved = "== 0"
        [rules.when.scores]
        toxicity = ">= 0.25"
        """,
        "strict.toml",
    )
    assert (policy.name, policy.description, policy.otherwise) == (
        "strict",
        "For elections.",
        Outcome.FLAG,
    )
    assert [rule.name for rule in policy.rules] == ["rude", "first"]
    assert policy.words["rude"].entries == ("twit", "git*")
    assert policy.rules[1].priority == 1.0


def test_the_version_follows_the_content_alone() -> None:
    one = parse(f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\n', "a.toml")
    same = parse(
        f'# a comment\n{HEAD}\n{RULE}then="flag"\nwhen = {{ links = "> 2" }} # too many\n', "b.toml"
    )
    other = parse(f'{HEAD}{RULE}when.links = "> 3"\nthen = "flag"\n', "a.toml")
    assert one.version == same.version != other.version
    assert len(one.version) == 12
    assert int(one.version, 16) >= 0


ONE_PROBLEM = {
    "a misspelt key": (
        f"{HEAD}ruels = []\n",
        '3: unknown key "ruels" → did you mean "rules"?',
    ),
    "a key of nobody": (
        f'{HEAD}colour = "red"\n',
        '3: unknown key "colour" → use one of '
        '"description", "name", "otherwise", "rules", "tighter", "words"',
    ),
    "no name": ('otherwise = "approve"\n', '1: "name" is missing → write name = "default"'),
    "an empty name": (
        'name = " "\notherwise = "approve"\n',
        '1: "name" is empty → write name = "default"',
    ),
    "no otherwise": ('name = "x"\n', '1: "otherwise" is missing → write otherwise = "approve"'),
    "a wrong outcome": (
        'name = "x"\notherwise = "aprove"\n',
        '2: unknown outcome "aprove" → did you mean "approve"?',
    ),
    "a number for a text": (
        f"{HEAD}description = 3\n",
        '3: "description" must be a text in quotes, not the number 3'
        ' → write description = "What this policy is for."',
    ),
    "rules that are none": (
        f"{HEAD}rules = 3\n",
        '3: "rules" must be tables, not the number 3 → begin each rule with [[rules]]',
    ),
    "one bracket": (
        f'{HEAD}[rules]\nname = "x"\n',
        '3: "rules" must be tables, not a table → begin each rule with [[rules]]',
    ),
    "words that are none": (
        f'{HEAD}words = ["a"]\n',
        '3: "words" must be a table, not a list → write banned = ["..."] under [words]',
    ),
    "a list of numbers": (
        f'{HEAD}[words]\nrude = [1]\n{RULE}when.words = "rude"\nthen = "flag"\n',
        '4: "rude" must be a text in quotes, not a list → write rude = ["..."]',
    ),
    "an entry with a star inside": (
        f'{HEAD}[words]\nrude = ["a*b"]\n{RULE}when.words = "rude"\nthen = "flag"\n',
        '4: "a*b": a * may stand at its end only → write "word" or "word*"',
    ),
    "a rule without conditions": (
        f'{HEAD}{RULE}then = "flag"\n',
        '3: "when" is missing → write, for example, when.links = "> 2", or when.always = true',
    ),
    "an empty when": (
        f'{HEAD}{RULE}then = "flag"\nwhen = {{}}\n',
        '6: "when" asks for nothing → write always = true in it to take every comment',
    ),
    "a when that is none": (
        f'{HEAD}{RULE}then = "flag"\nwhen = "closed"\n',
        '6: "when" must be a table, not the text "closed" → write when.links = "> 2"',
    ),
    "a rule without outcome": (
        f'{HEAD}{RULE}when.links = "> 2"\n',
        '3: "then" is missing → write then = "flag"',
    ),
    "a misspelt key of a rule": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\nraeson = "x"\n',
        '7: unknown key "raeson" → did you mean "reason"?',
    ),
    "a name twice": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\n'
        f'{RULE}when.length = "> 2"\nthen = "flag"\n',
        '8: the rule on line 4 is called "it", too → give every rule its own name',
    ),
    "the name of none": (
        f'{HEAD}[[rules]]\nname = "otherwise"\nwhen.links = "> 2"\nthen = "flag"\n',
        '4: a rule cannot be called "otherwise": decisions that no rule took are'
        " → choose another name",
    ),
    "an unknown condition": (
        f'{HEAD}{RULE}when.link = "> 2"\nthen = "flag"\n',
        '5: unknown condition "link" → did you mean "links"?',
    ),
    "a score as a condition": (
        f'{HEAD}{RULE}when.toxicity = "> 0.2"\nthen = "flag"\n',
        '5: "toxicity" is a score, not a condition → write scores = { toxicity = ">= 0.9" }',
    ),
    "a threshold outside": (
        f'{HEAD}{RULE}when.scores = {{ toxicity = ">= 1.7" }}\nthen = "flag"\n',
        '5: "toxicity" is ">= 1.7": that is outside 0 to 1 → use a bound from 0 to 1, as 0.9',
    ),
    "a bare threshold": (
        f'{HEAD}{RULE}when.scores = {{ toxicity = 0.7 }}\nthen = "flag"\n',
        f'5: "toxicity" needs a comparison in quotes, not the number 0.7 → {SHARES}',
    ),
    "no comparison": (
        f'{HEAD}{RULE}when.links = "many"\nthen = "flag"\n',
        f'5: "links" is "many": this is no comparison → {COUNTS}',
    ),
    "bounds the wrong way round": (
        f'{HEAD}{RULE}when.links = "between 5 and 3"\nthen = "flag"\n',
        f'5: "links" is "between 5 and 3": 5 is more than 3 → {COUNTS}',
    ),
    "half a link": (
        f'{HEAD}{RULE}when.links = "> 2.5"\nthen = "flag"\n',
        '5: "links" is "> 2.5": it counts things → use a whole number, 0 or more',
    ),
    "scores that are none": (
        f'{HEAD}{RULE}when.scores = ">= 0.5"\nthen = "flag"\n',
        '5: "scores" must be a table, not the text ">= 0.5"'
        ' → write scores = { toxicity = ">= 0.9" }',
    ),
    "a flag in quotes": (
        f'{HEAD}{RULE}when.author_trusted = "yes"\nthen = "flag"\n',
        '5: "author_trusted" must be true or false, not the text "yes"'
        " → write author_trusted = true",
    ),
    "an unknown mode": (
        f'{HEAD}{RULE}when.article = "shut"\nthen = "flag"\n',
        '5: unknown mode "shut" → use one of "closed", "open", "premod"',
    ),
    "a language by name": (
        f'{HEAD}{RULE}when.language = "German"\nthen = "flag"\n',
        '5: "German" is no language code → use ISO 639-1 codes in small letters, as "en"',
    ),
    "a URL for a domain": (
        f'{HEAD}{RULE}when.links_outside = "https://a.com/"\nthen = "flag"\n',
        '5: "https://a.com/" is no domain → write it without scheme or path, as "example.com"',
    ),
    "an empty list": (
        f'{HEAD}{RULE}when.links_outside = []\nthen = "flag"\n',
        '5: "links_outside" is empty → write links_outside = ["example.com"]',
    ),
    "a missing word list": (
        f'{HEAD}{RULE}when.words = "rude"\nthen = "flag"\n',
        '5: there is no word list "rude" → add it under [words], as rude = ["..."]',
    ),
    "never": (
        f'{HEAD}{RULE}when.always = false\nthen = "flag"\n',
        '5: "always" can only be true → write always = true',
    ),
    "a place nothing fills": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\nreason = "{{toxicity}}"\n',
        '7: "reason" has {toxicity}, which no condition of this rule gives → use one of "links"',
    ),
    "a place with nothing to fill it": (
        f'{HEAD}{RULE}when.always = true\nthen = "flag"\nreason = "{{links}}"\n',
        '7: "reason" has {links}, which no condition of this rule gives'
        " → there are none to choose from",
    ),
    "percent of a count": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\ntell_author = "{{links:%}}"\n',
        "7: {links:%} asks for percent, but links is no share → write {links}",
    ),
    "an open brace": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\nreason = "so {{"\n',
        '7: "reason": a brace is not closed, or not opened'
        " → write {toxicity} or {toxicity:%}, and {{ for a brace",
    ),
    "an unknown form": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\nreason = "{{links:.2f}}"\n',
        '7: "reason": {links} has an unknown form'
        " → write {toxicity} or {toxicity:%}, and {{ for a brace",
    ),
    "a priority too high": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\npriority = 2\n',
        '7: "priority" is 2 → use a number from 0 to 1',
    ),
    "a priority in words": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "flag"\npriority = "high"\n',
        '7: "priority" must be a number, not the text "high" → write priority = 0.9',
    ),
    "a rule after all": (
        f'{HEAD}{RULE}when.always = true\nthen = "flag"\n'
        '[[rules]]\nname = "late"\nwhen.links = "> 2"\nthen = "flag"\n',
        '7: this rule can never decide: "it" before it takes every comment → move "it" to the end',
    ),
    "a rule another one covers": (
        f'{HEAD}{RULE}when.scores = {{ toxicity = ">= 0.5" }}\nthen = "flag"\n'
        '[[rules]]\nname = "late"\nthen = "reject"\n'
        'when = { scores = { toxicity = "> 0.9" }, links = "> 2" }\n',
        '7: this rule can never decide: "it" before it takes all of these'
        ' → move it before "it", or remove it',
    ),
    "no TOML: a bare word": (
        "name = default\n",
        '1: this is no valid TOML: Invalid value → put texts in quotes, as name = "default"',
    ),
    "no TOML: a key twice": (
        'name = "a"\nname = "b"\n',
        "2: this is no valid TOML: Cannot overwrite a value → this key is there twice: remove one",
    ),
    "no TOML: an open bracket": (
        f"{HEAD}[[rules]\n",
        "3: this is no valid TOML: Expected ']]' at the end of an array declaration"
        " → close the bracket",
    ),
    "no TOML: it just ends": (
        f'{HEAD}description = """open\n\n',
        "3: this is no valid TOML: Unterminated string"
        " → check quotes, brackets and commas on this line",
    ),
}


@pytest.mark.parametrize(("text", "problem"), ONE_PROBLEM.values(), ids=ONE_PROBLEM)
def test_a_problem_says_where_what_and_what_would_be_right(text: str, problem: str) -> None:
    assert problems(text) == [problem]
    with pytest.raises(PolicyError) as caught:
        parse(text, "my.toml")
    assert str(caught.value) == f"my.toml:{problem}"
    assert not caught.value.problems[0].is_warning


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = f"""{HEAD}
[words]
rude = []

[[rules]]
name = "one"
when = {{ scores = {{ toxcity = ">= 1.7" }}, lnks = "> 2" }}
then = "flog"

[[rules]]
when.article = "shut"
"""
    lines = [int(problem.split(":")[0]) for problem in problems(text)]
    assert lines == sorted(lines)
    assert lines == [5, 5, 9, 9, 9, 10, 12, 12, 13]


def test_a_column_leads_to_the_key() -> None:
    (problem,) = read(f'{HEAD}{RULE}when = {{ links = "> 2", wrds = 1 }}\nthen = "flag"\n').problems
    assert (problem.line, problem.column) == (5, 25)


def test_lines_are_right_below_comments_and_long_texts() -> None:
    text = f'''{HEAD}
description = """
then = "no key"
# [[rules]]
"""
# [[rules]]
# name = "commented out"
[[rules]]
name = "a"
when.links = "> 2"
then = "flag" # then = "x"

[[rules]]   # the second
name = "b"
when.length = "> 2"
then = "flop"
'''
    assert problems(text) == ['18: unknown outcome "flop" → use one of "approve", "flag", "reject"']


WARNINGS = {
    "a word list nobody uses": (
        f'{HEAD}[words]\nrude = ["twit"]\n',
        '4: warning: no rule uses "rude" → use it in a rule, or remove it',
    ),
    "an attribute of other models": (
        f'{HEAD}{RULE}when.scores = {{ sexual_explicit = "> 0.5" }}\nthen = "flag"\n',
        '5: warning: the model small 1 does not score "sexual_explicit", so this never holds'
        f" → use one of {ATTRIBUTES_LISTED}",
    ),
    "an attribute that is misspelt": (
        f'{HEAD}{RULE}when.any_score = {{ toxcity = "> 0.2" }}\nthen = "flag"\n',
        '5: warning: the model small 1 does not score "toxcity", so this never holds'
        ' → did you mean "toxicity"?',
    ),
    "a priority without queue": (
        f'{HEAD}{RULE}when.links = "> 2"\nthen = "reject"\npriority = 0.5\n',
        '7: warning: "priority" orders the queue, where only flagged comments go'
        ' → remove it, or write then = "flag"',
    ),
}


@pytest.mark.parametrize(("text", "warning"), WARNINGS.values(), ids=WARNINGS)
def test_a_warning_does_not_stand_in_the_way(text: str, warning: str) -> None:
    assert problems(text) == [warning]
    assert parse(text, "my.toml").name == "test"


ASKS_FOR_MORE = f"""{HEAD}
[[rules]]
name = "explicit"
when.not = {{ scores = {{ sexual_explicit = "< 0.5" }} }}
then = "flag"

[[rules]]
name = "spam"
when.any_score = {{ spam = "> 0.5", toxicity = "> 0.9" }}
then = "reject"
"""


def test_the_model_in_use_decides_what_is_known() -> None:
    assert not read(ASKS_FOR_MORE, model("toxicity", "sexual_explicit", "spam")).problems
    assert len(read(ASKS_FOR_MORE, model("toxicity")).problems) == 2
    lacking = read(ASKS_FOR_MORE, model("sexual_explicit", "spam"))
    assert [problem.is_warning for problem in lacking.problems] == [True]


def test_where_no_model_is_known_any_attribute_may_be() -> None:
    assert not read(ASKS_FOR_MORE).problems
    # So the scorer can read whatever was put in force, for whichever model.
    policy = parse(ASKS_FOR_MORE, "more.toml")
    assert attributes_asked(policy) == ("sexual_explicit", "spam", "toxicity")


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ('links = "> 2"', 'links = ">= 3"', True),
        ('links = ">= 2"', 'links = "> 2"', True),
        ('links = "> 2"', 'links = ">= 2"', False),
        ('links = ">= 2"', 'links = "= 2"', True),
        ('links = "between 2 and 5"', 'links = "between 3 and 4"', True),
        ('links = "between 2 and 5"', 'links = "> 3"', False),
        ('links = ">= 2"', 'length = ">= 2"', False),
        ('links = ">= 2", length = "> 3"', 'links = ">= 2"', False),
        ('article = ["closed", "premod"]', 'article = "closed"', True),
        ('article = "closed"', 'article = ["closed", "premod"]', False),
        ('words = ["rude", "spam"]', 'words = "rude"', True),
        ('words = "rude"', 'words = ["rude", "spam"]', False),
        ('any_score = ">= 0.5"', 'scores = { insult = ">= 0.6" }', True),
        ('any_score = { insult = ">= 0.5" }', 'scores = { insult = ">= 0.6" }', True),
        ('any_score = { insult = ">= 0.5" }', 'scores = { threat = ">= 0.6" }', False),
        ('scores = { insult = ">= 0.5" }', 'any_score = { insult = ">= 0.6" }', False),
        ("scored = false", "scored = false", True),
        ("scored = false", "scored = true", False),
        ("not = { scored = false }", "not = { scored = false }", True),
    ],
)
def test_rules_that_can_never_decide(first: str, second: str, hidden: bool) -> None:
    text = (
        f'{HEAD}[words]\nrude = ["twit"]\nspam = ["pills"]\n'
        f'[[rules]]\nname = "a"\nwhen = {{ {first} }}\nthen = "flag"\n'
        f'[[rules]]\nname = "b"\nwhen = {{ {second} }}\nthen = "reject"\n'
    )
    assert any("can never decide" in problem for problem in problems(text)) is hidden


TOML_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(0, 2)
    | st.text("ab>=0.{}*%", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["scores", "toxicity", "links", "not", "words", "name", "when", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def toml(value: object) -> str:
    match value:
        case None:
            return "1979-05-27"
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
        case _:
            return str(value)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "description", "otherwise", "words", "rules"]), TOML_VALUES
    ),
    st.dictionaries(
        st.sampled_from(["name", "when", "then", "reason", "tell_author", "priority"]), TOML_VALUES
    ),
)
def test_any_toml_is_a_policy_or_has_problems(
    top: dict[str, object], rule: dict[str, object]
) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in top.items()]
    if "rules" not in top:
        lines += ["[[rules]]", *(f"{key} = {toml(value)}" for key, value in rule.items())]
    text = "\n".join(lines)
    reading = read(text)
    assert (reading.policy is None) == any(not one.is_warning for one in reading.problems)
    assert all(1 <= problem.line <= max(1, len(lines)) for problem in reading.problems)
    assert all(problem.what and problem.fix for problem in reading.problems)


@given(st.text(max_size=60))
def test_any_text_is_a_policy_or_has_problems(text: str) -> None:
    reading = read(text)
    assert reading.policy is None
    assert reading.problems
