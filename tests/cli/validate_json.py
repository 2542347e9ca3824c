#!/usr/bin/env python3
"""validate_json.py [--none] SCHEMA WHAT FILE...: is every document what the schema says of WHAT?

WHAT names one of its $defs; each FILE has a document a line, or is one document. Ends with 0 if
all are valid (with --none: if none is), with 1 and the first that is not as expected otherwise,
with 77 if there is no python3-jsonschema.
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)


def documents(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


def main(schema_path, what, *paths, none=False):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    if what not in schema["$defs"]:
        sys.exit(f"{schema_path}: there is no {what} in its $defs")
    schema["$ref"] = f"#/$defs/{what}"
    validator = Draft202012Validator(schema)
    for path in paths:
        for number, document in enumerate(documents(path), 1):
            error = next(validator.iter_errors(document), None)
            if none and error is None:
                sys.exit(f"{path}, document {number}: it is valid: {json.dumps(document)}")
            if error is not None and not none:
                sys.exit(f"{path}, document {number}, at {error.json_path}: {error.message}")


if __name__ == "__main__":
    arguments = [word for word in sys.argv[1:] if word != "--none"]
    main(*arguments, none="--none" in sys.argv)
