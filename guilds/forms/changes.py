"""Forms about something that is there already."""

from typing import Any

from together.forms import PageForm


class ChangeForm(PageForm):
    """Begins with what is (`initial`), and hands on only what was changed."""

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        return {name: value for name, value in wanted.items() if name not in self.fields or name in self.changed_data}
