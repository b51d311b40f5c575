"""From scores to a decision: gathers what the policy needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from moderato.domain.policy import Context, decide
from moderato.domain.scores import Scores
from moderato.store.work import Finished, Job
from workers.scorer.policies import PolicyCache


@dataclass(frozen=True, slots=True)
class Judge:
    policies: PolicyCache

    async def judge(self, job: Job, scores: Scores | None) -> Finished:
        """What the site's policy says; ``scores`` is None where no model could be had."""
        comment = job.record.comment
        policy = await self.policies.of(comment.site)
        context = Context(
            author_approved=job.author.approved,
            author_rejected=job.author.rejected,
            author_standing=job.author.standing,
            article_mode=comment.article.mode,
            repeats=comment.repeats,
        )
        return Finished(job, decide(policy, comment, scores, context), scores, policy.name)
