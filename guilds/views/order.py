"""Putting things into another order: by a step up or down, or all of them at once."""

from collections.abc import Mapping


def moved(names: list[str], posted: Mapping[str, str]) -> list[str]:
    """Those names with `posted["up"]` or `posted["down"]` a step from its place, or as `posted["order"]` has them.

    What cannot move stays; what is not among the names is passed over.
    """
    if "order" in posted:
        wanted = [name for name in posted["order"].split(",") if name in names]
        return list(dict.fromkeys(wanted))
    order = list(names)
    for way, step in (("up", -1), ("down", 1)):
        name = posted.get(way)
        if name in order:
            at = order.index(name)
            to = at + step
            if 0 <= to < len(order):
                order[at], order[to] = order[to], order[at]
    return order
