"""The published description of the API (OpenAPI 3.1), made from the table of routes."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from console.routing import Route
from evidence.roles import Permission

_PARAMETER = re.compile(r"{(\w+)(?::[^}]*)?}")
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "message", "id"],
            "properties": {
                "status": {"type": "integer"},
                "message": {"type": "string"},
                "message_ko": {"type": "string", "description": "the same in Korean"},
                "id": {"type": "string", "description": "to be looked for in the log; empty where nothing was noted"},
            },
        }
    },
}


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The description of all routes below ``/api/``."""
    ours = [route for route in routes if route.path.startswith("/api/")]
    models = {model: None for route in ours for model in (route.body, route.gives) if model is not None}
    refs, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas = {model: refs[model, "validation"] for model in models}
    paths: dict[str, dict[str, Any]] = {}
    for route in ours:
        paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Haechi review console",
            "version": version("haechi"),
            "description": "Cookie of a signed-in session; what changes anything needs `X-CSRF-Token` (see `/api/me`).",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "haechi"}},
            "schemas": {**definitions.get("$defs", {}), "Error": ERROR},
        },
        "security": [{"session": []}],
    }


def _operation(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"description": "done"}
    if route.gives is not None:
        content["content"] = _json(schemas[route.gives])
    errors = {"description": "refused or failed", "content": _json({"$ref": "#/components/schemas/Error"})}
    operation: dict[str, Any] = {
        "summary": route.words,
        "operationId": f"{route.method.lower()}-{re.sub(r'[^a-z]+', '-', route.path).strip('-')}",
        "responses": {"200": content, "default": errors},
        "x-permission": str(route.access) if isinstance(route.access, Permission) else "signed-in",
    }
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas[route.body])}
    if names := _PARAMETER.findall(route.path):
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    return operation


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
