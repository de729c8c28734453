import json

from openai import OpenAI

import play

INPUT = [{"role": "user", "content": play.QUESTION}]
TOOLS = [
    {
        "type": "function",
        "name": play.TOOL,
        "description": play.DESCRIPTION,
        "parameters": play.PARAMETERS,
        "strict": False,
    }
]


def responses(scene):
    retries = {"max_retries": 0} if scene["retries"] == "none" else {}
    return OpenAI(api_key=play.KEY, base_url=f"{play.address()}/v1", **retries).responses


def note_end(notes, response):
    notes["finish"] = response.status
    notes["outputTokens"] = response.usage.output_tokens


def note_answer(notes, response):
    notes["text"] = response.output_text
    note_end(notes, response)


def note_calls(notes, response):
    calls = [item for item in response.output if item.type == "function_call"]
    notes["calls"] = [{"name": call.name, "input": json.loads(call.arguments)} for call in calls]
    notes["callFinish"] = response.status
    said = [
        {
            "type": "function_call",
            "call_id": call.call_id,
            "name": call.name,
            "arguments": call.arguments,
        }
        for call in calls
    ]
    results = [
        {"type": "function_call_output", "call_id": call.call_id, "output": play.RESULT}
        for call in calls
    ]
    return [*INPUT, *said, *results]


def ask(scene, notes):
    note_answer(notes, responses(scene).create(model=scene["model"], input=INPUT))


def stream(scene, notes):
    for event in responses(scene).create(model=scene["model"], input=INPUT, stream=True):
        if event.type == "response.output_text.delta":
            play.add_piece(notes, event.delta)
        if event.type == "response.completed":
            note_end(notes, event.response)


def use_tool(scene, notes):
    request = {"model": scene["model"], "tools": TOOLS}
    history = note_calls(notes, responses(scene).create(input=INPUT, **request))
    note_answer(notes, responses(scene).create(input=history, **request))


def stream_tool(scene, notes):
    request = {"model": scene["model"], "tools": TOOLS}
    with responses(scene).stream(input=INPUT, **request) as first:
        history = note_calls(notes, first.get_final_response())
    with responses(scene).stream(input=history, **request) as second:
        note_answer(notes, second.get_final_response())


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
