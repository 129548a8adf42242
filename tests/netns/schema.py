#!/usr/bin/python3 -I
# SPDX-License-Identifier: GPL-2.0-only
"""schema.py COMMAND <JSON: whether it is what docs/schema says of the command; a value a line, or
one of many lines. schema.py documented: whether docs/json.md names each of the schema's fields."""

import json
import pathlib
import sys

import jsonschema

docs = pathlib.Path(__file__).resolve().parents[2] / "docs"
schema = json.loads((docs / "schema/vethbpf.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)


def values(text):
    """All JSON values in it, one after the other."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].lstrip()


def names(part):
    """The fields and fixed values that this part of the schema knows."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from part.get("enum", [])
        for inner in part.values():
            yield from names(inner)


if sys.argv[1] == "documented":
    told = (docs / "json.md").read_text()
    missing = sorted({name for name in names(schema) if f"`{name}`" not in told})
    sys.exit(f"docs/json.md says nothing of {missing}" if missing else 0)

count = 0
validator = jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{sys.argv[1]}"})
for value in values(sys.stdin.read()):
    count += 1
    validator.validate(value)
if not count:
    sys.exit("nothing to check")
