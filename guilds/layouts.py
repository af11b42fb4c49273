"""What a new server may start with."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guilds.models import Channel, ChannelType, Server


class Layout(models.TextChoices):
    STARTER = "starter", gettext_lazy("A few channels to begin with")
    EMPTY = "empty", gettext_lazy("No channels")


def lay_out(server: Server, layout: Layout) -> None:
    """Fill a new server with the channels of a layout."""
    if layout == Layout.EMPTY:
        return
    categories = {
        _("Text channels"): [(_("general"), ChannelType.TEXT), (_("off-topic"), ChannelType.TEXT)],
        _("Voice channels"): [(_("Lobby"), ChannelType.VOICE)],
    }
    position = 0
    for place, (category, channels) in enumerate(categories.items()):
        parent = Channel.objects.create(server=server, name=category, type=ChannelType.CATEGORY, position=place)
        for name, kind in channels:
            Channel.objects.create(server=server, parent=parent, name=name, type=kind, position=position)
            position += 1
