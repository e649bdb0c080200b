"""What requests bring: forms and JSON, read into typed models. Only values of these reach the store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from console.gates.forms import FIELD
from console.words import Message, _

BODY: "web.RequestKey[BaseModel]" = web.RequestKey("body", BaseModel)


class Strict(BaseModel):
    """A model that takes what it names and nothing else: no operator, no nesting that it does not declare."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


M = TypeVar("M", bound=BaseModel)

PROBLEMS = {
    "missing": _("Fill this in."),
    "string_too_short": _("Fill this in."),
    "string_too_long": _("This is too long."),
    "string_pattern_mismatch": _("This does not have the expected form."),
}
OTHER_PROBLEM = _("This is none of the choices.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(Generic[M]):
    """A form as it came back."""

    form: M | None
    """None where something is wrong with it."""
    problems: Mapping[str, Message]
    """By field."""


async def read_form(request: web.Request, model: type[M]) -> Filled[M]:
    """Read a form. A field that is a tuple may come several times, or not at all."""
    post = await request.post()
    values: dict[str, Any] = {name: post[name] for name in post if name != FIELD}
    for name, field in model.model_fields.items():
        if get_origin(field.annotation) is tuple:
            values[name] = tuple(post.getall(name, []))
    try:
        return Filled(form=model.model_validate(values, strict=False), problems={})
    except ValidationError as error:
        found = {str(each["loc"][0]): Message(PROBLEMS.get(each["type"], OTHER_PROBLEM)) for each in error.errors()}
        return Filled(form=None, problems=found)


async def read_body(request: web.Request, model: type[M]) -> M:
    """Read JSON.

    Raises:
        HTTPBadRequest: it is none, or not of this form.
    """
    try:
        return model.model_validate(json.loads(await request.text()))
    except (ValueError, RecursionError):  # pydantic's error is a ValueError
        raise web.HTTPBadRequest from None


def body_of(request: web.Request, model: type[M]) -> M:
    """The JSON of a request whose route says that it takes ``model``."""
    body = request[BODY]
    assert isinstance(body, model), "the route takes another body"  # noqa: S101
    return body
