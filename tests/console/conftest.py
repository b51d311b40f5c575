from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import Article, Author
from moderato.store.comments import NewComment
from tests.conftest import ConfigFactory
from tests.console.browser import Desks, chromium
from tests.console.samples import FERRY
from tests.console.served import Console, console_on
from tests.life import Life, new_comment


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    life = Life(redis, make_config())
    yield life
    await life.close()


@pytest.fixture
async def console(life: Life) -> AsyncIterator[Console]:
    async with console_on(life) as console:
        yield console


@pytest.fixture
async def desks(console: Console) -> AsyncIterator[Desks]:
    """Pages on the console; whatever trouble one of them had fails the test."""
    async with chromium() as browser:
        desks = Desks(browser, console)
        yield desks
        assert not desks.troubles


def to_harbour(
    text: str = "A fair point.", author: str = "Ann", article: Article = FERRY
) -> NewComment:
    return new_comment(
        text, site="harbour-times", article=article, author=Author(author.lower(), author)
    )
