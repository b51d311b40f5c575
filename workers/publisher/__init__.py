"""The publisher: from decisions in the outbox to articles' threads and signed webhooks."""
