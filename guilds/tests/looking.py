"""Whether something is found by who looks for it."""

from together.refusals import NotFound


def found(find, *args, **kwargs):
    try:
        find(*args, **kwargs)
    except NotFound:
        return False
    return True
