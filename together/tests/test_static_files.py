"""Static files as production serves them: every name has its hash, also in the imports of scripts and stylesheets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

HASHED = re.compile(r"\.[0-9a-f]{12}\.(js|css)$")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "together.http.storage.StaticStorage"}}
    with override_settings(STORAGES=storages, STATIC_ROOT=root):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield root


def test_every_import_of_a_script_names_a_hashed_file_that_is_there(collected: Path) -> None:
    found = 0
    for script in _hashed(collected, "js"):
        for name in re.findall(r"^import\b[^;]*?\"(\.[^\"]+)\"", script.read_text(), re.MULTILINE):
            assert HASHED.search(name), f"{script} imports {name}"
            assert (script.parent / name).resolve().is_file()
            found += 1
    assert found > 10


def test_every_import_of_a_stylesheet_names_a_hashed_file_that_is_there(collected: Path) -> None:
    [sheet] = [path for path in _hashed(collected, "css") if path.name.startswith("app.")]
    names = re.findall(r'@import url\("([^"]+)"\)', sheet.read_text())
    assert len(names) > 10
    for name in names:
        assert HASHED.search(name)
        assert (sheet.parent / name).resolve().is_file()


def test_what_pages_name_is_in_the_manifest(collected: Path) -> None:
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for name in ("css/app.css", "js/app.js", "img/mark.svg", "django_htmx/htmx-2.min.js"):
        assert name in manifest


def _hashed(root: Path, folder: str) -> list[Path]:
    return [path for path in (root / folder).rglob("*") if HASHED.search(path.name)]
