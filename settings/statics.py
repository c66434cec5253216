"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed, the imports between our ES modules included, so all may be cached for ever."""

    support_js_module_import_aggregation = True
