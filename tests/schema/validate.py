#!/usr/bin/env python3
"""Validates JSON documents: validate.py SCHEMA FILE…

The schema itself must be a valid draft 2020-12 schema that refuses a member it does not know: an
output that grows must grow its schema.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def check_strict(name, document, validator):
    """Every schema notices a member that it does not list."""
    target = document[0] if isinstance(document, list) else document
    target["a member that nobody writes"] = 1
    if validator.is_valid(document):
        sys.exit(f"{name} accepts members that it does not list")


def neighbours(schema_file):
    """The schemas of the same folder, by their $id: some are parts of others."""
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in pathlib.Path(schema_file).parent.glob("*.json")]
    return Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas])


def main(schema_file, *files):
    schema = json.loads(pathlib.Path(schema_file).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, registry=neighbours(schema_file))
    for file in files:
        document = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
        problems = [f"{file}: {error.json_path}: {error.message}" for error in validator.iter_errors(document)]
        if problems:
            sys.exit("\n".join(problems))
        check_strict(schema_file, document, validator)


if __name__ == "__main__":
    main(*sys.argv[1:])
