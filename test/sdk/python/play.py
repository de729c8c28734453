"""Plays scenes of a vendor's client: one JSON line in, one JSON line out, until the input ends.

The first argument is the sidecar's address. A script gives `serve` a function for each act; it takes the scene and a dict
of notes, in which it writes what a user of the client would see. What it raises is told as it is.
"""

import json
import sys

QUESTION = "What is the weather like?"
TOOL = "weather"
DESCRIPTION = "the weather of a city"
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
RESULT = "sunny with a light breeze"
# No vendor takes it; the sidecar has the right ones.
KEY = "a-placeholder"


def address():
    return sys.argv[1]


def add_piece(notes, text):
    if text:
        notes["text"] += text
        notes["pieces"] = notes.get("pieces", 0) + 1


def serve(acts):
    for line in sys.stdin:
        scene = json.loads(line)
        notes = {"text": ""}
        try:
            acts[scene["act"]](scene, notes)
        except Exception as error:
            notes["raised"] = {
                "name": type(error).__name__,
                "status": status_of(error),
                "message": str(error),
            }
        print(json.dumps(notes), flush=True)


def status_of(error):
    """Every client has a member of its own for the status."""
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            return value
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return None
