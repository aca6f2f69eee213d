"""Fixed windows of requests, per token and class, as the Hub counts them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Window:
    """`quota` requests in `seconds`; the default is out of reach.

    `announced`: whether answers carry the RateLimit headers.
    """

    name: str
    quota: int = 100_000
    seconds: int = 300
    announced: bool = True
    used: Counter[tuple[str, int]] = field(default_factory=Counter)

    def take(self, token: str, now: float) -> tuple[bool, dict[str, str]]:
        """Whether the request is within the quota, and the headers that say so."""
        number = int(now // self.seconds)
        self.used[token, number] += 1
        left = self.quota - self.used[token, number]
        headers = self.headers(max(left, 0), self.seconds - int(now % self.seconds))
        return left >= 0, headers

    def headers(self, left: int, reset: int) -> dict[str, str]:
        if not self.announced:
            return {}
        return {
            "RateLimit": f'"{self.name}";r={left};t={reset}',
            "RateLimit-Policy": f'"fixed window";"{self.name}";q={self.quota};w={self.seconds}',
        }
