"""The product's settings for a benchmark: the limits are counted as ever, and nobody reaches them."""

from together.settings import *  # noqa: F403
from together.settings import RATE_LIMITS as PRODUCTS

RATE_LIMITS = dict.fromkeys(PRODUCTS, "1000000/second")
