"""Ticking permission flags."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from guilds.permissions import NONE, Permission
from guilds.words import FLAGS


@dataclass
class Tick:
    """One flag on the page. `closed` says why it cannot be changed, if so."""

    flag: Permission
    name: str
    lets: str
    ticked: bool
    closed: str = ""


class FlagsField(forms.TypedMultipleChoiceField):
    """Flags as one number. Those that are not `held` are shown as they are, and stay so unless they are forged."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(int(flag), words.name) for flag, words in FLAGS.items()]
        super().__init__(choices=choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.held, self.current = NONE, NONE

    def about(self, *, current: int, held: Permission) -> None:
        """Begin with these; only those that are held can be ticked or taken away."""
        self.held, self.current = held, Permission(current)
        self.initial = [int(flag) for flag in Permission if flag & current]

    def clean(self, value: Any) -> int:
        ticked: list[int] = super().clean(value)
        return sum(ticked) | int(self.current & ~self.held)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.clean(data or []) != int(self.current)

    def ticks(self, value: Iterable[Any] | None) -> list[Tick]:
        """How the flags are shown, by what was posted or is."""
        ticked = {str(one) for one in value or []}
        return [
            Tick(
                flag,
                str(words.name),
                str(words.lets),
                str(int(flag)) in ticked or bool(flag & self.current & ~self.held),
                "" if flag in self.held else _("You lack this permission yourself."),
            )
            for flag, words in FLAGS.items()
        ]
