"""Forms of pages: checked by the same serializers as the API, and able to show what an action refuses."""

import math
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.exceptions import APIException, ValidationError

from together.refusals import NotFound
from together.rest.serializers import Input


class PageForm(forms.Form):
    """`serializer_class` holds the rules; the fields here only say how things are asked for."""

    serializer_class: ClassVar[type[Input]]
    status = 200
    wait: float | None = None
    result: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors:
            return given
        # What only the page asks is for the form alone.
        known = self.serializer_class.shared().fields
        filled = {name: value for name, value in given.items() if name in known and value not in ("", None)}
        try:
            return {**given, **self.serializer_class.read(filled)}
        except ValidationError as error:
            self._show(error.detail)
            return given

    def carried_out(self, action: Callable[..., Any], **known: Any) -> bool:
        """Do what the form is for; the outcome is in `result`. False when there is something to show instead.

        Raises `NotFound`: what the form was about is gone.
        """
        if not self.is_valid():
            self.status = 400
            return False
        try:
            self.result = action(**known, **self.cleaned_data)
        except NotFound:
            raise
        except APIException as refusal:
            self.status = refusal.status_code
            self.wait = getattr(refusal, "wait", None)
            self._show(_patience(self.wait) if self.wait else refusal.detail)
            return False
        return True

    @property
    def first_error(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def _show(self, detail: Any) -> None:
        found = detail if isinstance(detail, dict) else {None: detail}
        for name, sentences in found.items():
            for sentence in sentences if isinstance(sentences, list) else [sentences]:
                self.add_error(name if name in self.fields else None, str(sentence))


def duration(seconds: float) -> str:
    """A span of time in words, in its largest whole unit, rounded up."""
    whole = max(1, math.ceil(seconds))
    if whole < 60:
        return ngettext("{n} second", "{n} seconds", whole).format(n=whole)
    minutes = math.ceil(whole / 60)
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = math.ceil(minutes / 60)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


def show_form(request: HttpRequest, template: str, form: PageForm, **context: Any) -> HttpResponse:
    """The page around a form, with the status of what it has to say."""
    return _answer(form, render(request, template, {"form": form, **context}, status=form.status))


def explain(form: PageForm) -> HttpResponse:
    """What is wrong with a form, for a script."""
    return _answer(form, JsonResponse({"error": form.first_error}, status=form.status))


def from_script(request: HttpRequest) -> bool:
    """Whether one of our scripts asks, which wants JSON and no redirects."""
    return request.headers.get("Accept", "").startswith("application/json")


def _patience(wait: float) -> str:
    return _("That was too fast. Please wait {span}, then try again.").format(span=duration(wait))


def _answer(form: PageForm, response: HttpResponse) -> HttpResponse:
    if form.wait:
        response["Retry-After"] = str(max(1, int(form.wait + 0.999)))
    return response
