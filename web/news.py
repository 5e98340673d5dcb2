"""What a person is told on each of their pages: that others may read their records, or did."""

from commands.context import Actor
from web.pages.emergency.emergency_in_words import news_in_words
from web.parts import Parts


def news_of(parts: Parts, actor: Actor) -> list[str]:
    """Return the sentences, none for nearly everybody."""
    found = parts.services.emergency.news(actor)
    return news_in_words(found, parts.clock.now_us(), parts.settings.time_zone)
