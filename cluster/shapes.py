"""The shape of a JSON body: snake_case in the code, camelCase on the wire, both understood.

Declare fields in snake_case; the wire name, errors and the API schema are camelCase by themselves:

    class StayShape(CamelSerializer):
        aliases = {"room": "room_number"}
        room_number = PlainTextField(max_length=10)

    values = StayShape.read(request.data)  # {"room_number": "101"}, or a 400 naming roomNumber

A body may spell a field ``roomNumber``, ``room_number`` or by a declared alias; the first of these
that is present counts. Fields nobody declared are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import SkipField, empty, get_error_detail

from cluster.answers.problems import Invalid

AnyField = serializers.Field[Any, Any, Any, Any]


def camel(name: str) -> str:
    """Return ``room_number`` as ``roomNumber``; a name that is camelCase already stays so."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def json_object(data: object) -> Mapping[str, object]:
    """Return a body that is a JSON object, or refuse it in words its sender understands."""
    if isinstance(data, Mapping):
        return data
    raise Invalid.field("body", 'Send a JSON object, like {"name": "value"}.', "not_an_object")


class CamelSerializer(serializers.Serializer[Any]):
    """A serializer whose wire names are the camelCase of its field names."""

    aliases: ClassVar[Mapping[str, str]] = {}
    """Further names a body may use, each with the field it stands for."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Send a JSON object.")}

    @classmethod
    def read(cls, data: object, *, partial: bool = False) -> dict[str, Any]:
        """Return the declared fields of ``data`` by their snake_case names.

        With ``partial`` a missing field is left out instead of refused. Raises DRF's ValidationError
        with every wrong field at once.
        """
        values: dict[str, Any] = _built(cls, partial=partial).run_validation(json_object(data))
        return values

    def get_fields(self) -> dict[str, AnyField]:
        """Return the declared fields under their wire names."""
        return {camel(name): self._on_the_wire(name, field) for name, field in super().get_fields().items()}

    def to_internal_value(self, data: Any) -> Any:
        """Return what the body says, whatever spelling it used.

        DRF's own loop asks each field that was left out why it was; a body names a few of many.
        """
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        said = {wire: data[name] for wire, name in _present(type(self), data)}
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for field in self._fields_for(said):
            name = str(field.field_name)
            try:
                value = field.run_validation(field.get_value(said))
                check = getattr(self, f"validate_{name}", None)
                self.set_value(values, field.source_attrs, value if check is None else check(value))
            except serializers.ValidationError as wrong:
                errors[name] = wrong.detail
            except DjangoValidationError as wrong:
                errors[name] = get_error_detail(wrong)
            except SkipField:
                continue
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _fields_for(self, said: Mapping[str, object]) -> Iterator[AnyField]:
        """Yield the fields that are said, and those that want to be; the others are left out by DRF too."""
        for field, missing_matters in self._asked:
            if missing_matters or field.field_name in said:
                yield field

    @cached_property
    def _asked(self) -> list[tuple[AnyField, bool]]:
        """Return each field, and whether it has something to say when it is missing."""
        is_partial = getattr(self.root, "partial", False)
        return [
            (field, field.default is not empty or (field.required and not is_partial))
            for field in self._writable_fields
        ]

    def _on_the_wire(self, name: str, field: AnyField) -> AnyField:
        wire = camel(name)
        if wire != name and field.source is None:
            field.source = name
        # DRF looks a field's own check up by its wire name.
        check = getattr(self, f"validate_{name}", None)
        if check is not None:
            setattr(self, f"validate_{wire}", check)
        return field


@cache
def _built(shape: type[CamelSerializer], *, partial: bool) -> CamelSerializer:
    """Return the one instance that reads bodies: building DRF's fields costs more than using them."""
    return shape(partial=partial)


@cache
def _spellings(shape: type[CamelSerializer]) -> dict[str, list[str]]:
    found = {camel(name): [camel(name), name] for name in shape._declared_fields}  # noqa: SLF001
    for alias, name in shape.aliases.items():
        found[camel(name)].append(alias)
    return found


def _present(shape: type[CamelSerializer], data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each wire name the body has a value for, with the spelling the body uses."""
    for wire, names in _spellings(shape).items():
        for name in names:
            if name in data:
                yield wire, name
                break
