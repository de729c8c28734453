import json

from openai import OpenAI

import play

MESSAGES = [{"role": "user", "content": play.QUESTION}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": play.TOOL,
            "description": play.DESCRIPTION,
            "parameters": play.PARAMETERS,
        },
    }
]


def completions(scene):
    retries = {"max_retries": 0} if scene["retries"] == "none" else {}
    return OpenAI(api_key=play.KEY, base_url=f"{play.address()}/v1", **retries).chat.completions


def note_answer(notes, completion):
    notes["text"] = completion.choices[0].message.content
    notes["finish"] = completion.choices[0].finish_reason
    notes["outputTokens"] = completion.usage.completion_tokens


def note_calls(notes, completion):
    message = completion.choices[0].message
    calls = message.tool_calls or []
    notes["calls"] = [
        {"name": call.function.name, "input": json.loads(call.function.arguments)} for call in calls
    ]
    notes["callFinish"] = completion.choices[0].finish_reason
    results = [{"role": "tool", "tool_call_id": call.id, "content": play.RESULT} for call in calls]
    return [*MESSAGES, message, *results]


def ask(scene, notes):
    note_answer(notes, completions(scene).create(model=scene["model"], messages=MESSAGES))


def stream(scene, notes):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    for chunk in completions(scene).create(model=scene["model"], messages=MESSAGES, **options):
        for choice in chunk.choices:
            play.add_piece(notes, choice.delta.content)
            notes["finish"] = choice.finish_reason or notes.get("finish")
        if chunk.usage:
            notes["outputTokens"] = chunk.usage.completion_tokens


def use_tool(scene, notes):
    request = {"model": scene["model"], "tools": TOOLS}
    history = note_calls(notes, completions(scene).create(messages=MESSAGES, **request))
    note_answer(notes, completions(scene).create(messages=history, **request))


def stream_tool(scene, notes):
    options = {"stream_options": {"include_usage": True}}
    request = {"model": scene["model"], "tools": TOOLS, **options}
    with completions(scene).stream(messages=MESSAGES, **request) as first:
        history = note_calls(notes, first.get_final_completion())
    with completions(scene).stream(messages=history, **request) as second:
        note_answer(notes, second.get_final_completion())


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
