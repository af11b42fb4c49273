"""Forms of pages: checked by the same serializers as the API, and able to show what an action refuses."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException

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
        filled = {name: value for name, value in given.items() if value not in ("", None)}
        serializer = self.serializer_class(data=filled)
        if not serializer.is_valid():
            self._show(serializer.errors)
            return given
        return {**given, **serializer.validated_data}

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
            self._show(refusal.detail)
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


def show_form(request: HttpRequest, template: str, form: PageForm, **context: Any) -> HttpResponse:
    """The page around a form, with the status of what it has to say."""
    return _answer(form, render(request, template, {"form": form, **context}, status=form.status))


def explain(form: PageForm) -> HttpResponse:
    """What is wrong with a form, for a script."""
    return _answer(form, JsonResponse({"error": form.first_error}, status=form.status))


def from_script(request: HttpRequest) -> bool:
    """Whether one of our scripts asks, which wants JSON and no redirects."""
    return request.headers.get("Accept", "").startswith("application/json")


def _answer(form: PageForm, response: HttpResponse) -> HttpResponse:
    if form.wait:
        response["Retry-After"] = str(max(1, int(form.wait + 0.999)))
    return response
