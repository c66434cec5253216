"""The configuration reference, written from the schema so that it can not lag behind it."""

from settings.env import BASE_DIR, SECRETS, Environment
from settings.reading import STRICT_NEEDS

INTRODUCTION = """\
# Configuration

Written by `manage.py check_config --reference`; a test holds this page to it. Everything comes from the
environment, is checked at start, and every mistake is told at once (the process leaves with 78).
`DJANGO_SETTINGS_MODULE` chooses the profile: `settings.dev` (the default) needs no variable at all;
`settings.staging` and `settings.prod` refuse to start without the ones marked so. An empty string means "not
set". A secret may also come from a file: `SECRET_KEY_FILE=/run/secrets/key`.

| variable | allowed | default | |
| --- | --- | --- | --- |
"""


def reference() -> str:
    """Return the page: a row per variable, in the order of the schema."""
    return INTRODUCTION + "".join(_row(name) for name in Environment.model_fields)


def _row(field: str) -> str:
    name = field.upper()
    marks = [
        *(["needed in staging and prod"] if name in STRICT_NEEDS else []),
        *(["secret"] if name in SECRETS else []),
    ]
    allowed = Environment.model_fields[field].description
    return f"| `{name}` | {allowed} | {_default(field)} | {', '.join(marks)} |\n"


def _default(field: str) -> str:
    value = Environment.model_fields[field].get_default(call_default_factory=True)
    if value is None or value in ("", []):
        return ""
    if field == "data_dir":
        value = value.relative_to(BASE_DIR)
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
