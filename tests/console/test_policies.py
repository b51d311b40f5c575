"""What the desk is told of a policy: where its lines are, and which listed words a comment has."""

from __future__ import annotations

from moderato.policies import load_default
from tests.console.conftest import to_harbour
from tests.console.served import Console

OWN = """
name = "house"
otherwise = "approve"

[words]
rude = ["clown*", "old fool"]

[[rules]]
name = "rude"
when.words = "rude"
then = "flag"

[[rules]]
name = "harsh"
when.scores = { toxicity = "between 0.5 and 0.8" }
when.links = "> 1"
then = "flag"

[[rules]]
name = "vile"
when.any_score = ">= 0.95"
then = "reject"

[[rules]]
name = "calm"
when.not.scores = { insult = ">= 0.2" }
then = "approve"
"""


async def test_the_lines_of_the_policy_in_force(console: Console) -> None:
    ben = await console.client("ben")
    default = (await ben.get("/api/policies/harbour-times")).body
    assert (default["version"], default["in_force"]) == (load_default().version, True)
    assert {"at": 0.9, "rule": "very-toxic", "then": "flag"}.items() <= next(
        bound.items() for bound in default["bounds"] if bound["rule"] == "very-toxic"
    )

    policy = await console.life.store.policies.push("harbour-times", OWN)
    await console.life.store.sites.add_endpoint("harbour-times", "https://hooks.example/x")
    shown = (await ben.get("/api/policies/harbour-times")).body
    assert (shown["name"], shown["version"], shown["webhooks"]) == ("house", policy.version, 1)
    assert [
        (b["attribute"], b["at"], b["rule"], b["then"], b["alone"]) for b in shown["bounds"]
    ] == [
        ("toxicity", 0.5, "harsh", "flag", False),
        ("toxicity", 0.8, "harsh", "flag", False),
        ("", 0.95, "vile", "reject", True),
    ]
    assert shown["rules"]["vile"] == {"then": "reject", "when": "any score is at least 0.95"}
    # An older version that decided something is still told; one nobody kept is not.
    older = (await ben.get(f"/api/policies/harbour-times?version={default['version']}")).body
    assert (older["version"], older["in_force"]) == (default["version"], False)
    unknown = (await ben.get("/api/policies/harbour-times?version=nonsense")).body
    assert unknown["version"] == policy.version
    assert (await ben.get("/api/policies/none")).status == 404


async def test_listed_words_are_marked_where_no_model_marks_any(console: Console) -> None:
    await console.life.store.policies.push("harbour-times", OWN)
    comment = await console.life.flagged(to_harbour("🐟 You c l o w n s, you old  f0ol!"))
    found = (await (await console.client("ben")).get(f"/api/comments/harbour-times/{comment}")).body
    text = found["text"]
    assert [text[begin:end] for begin, end in found["listed"]] == ["c l o w n s", "old  f0ol"]
