import json

import cohere

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


def client_of(scene):
    retries = {"max_retries": 0} if scene["retries"] == "none" else {}
    return cohere.ClientV2(api_key=play.KEY, base_url=play.address(), **retries)


def note_answer(notes, answer):
    parts = answer.message.content or []
    notes["text"] = "".join(part.text for part in parts if part.type == "text")
    notes["finish"] = answer.finish_reason
    notes["outputTokens"] = answer.usage.tokens.output_tokens


def note_calls(notes, calls, finish):
    notes["calls"] = [
        {"name": call["function"]["name"], "input": json.loads(call["function"]["arguments"])}
        for call in calls
    ]
    notes["callFinish"] = finish
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": play.RESULT} for call in calls
    ]
    return [*MESSAGES, {"role": "assistant", "tool_calls": calls}, *results]


def gather(events, notes):
    """Puts a streamed answer together, as this package leaves to its users."""
    calls = []
    for event in events:
        if event.type == "content-delta":
            play.add_piece(notes, event.delta.message.content.text)
        if event.type == "tool-call-start":
            call = event.delta.message.tool_calls
            function = {"name": call.function.name, "arguments": call.function.arguments or ""}
            calls.append({"id": call.id, "type": "function", "function": function})
        if event.type == "tool-call-delta":
            piece = event.delta.message.tool_calls.function.arguments
            calls[-1]["function"]["arguments"] += piece
        if event.type == "message-end":
            notes["finish"] = event.delta.finish_reason
            if event.delta.usage:
                notes["outputTokens"] = event.delta.usage.tokens.output_tokens
    return calls


def ask(scene, notes):
    note_answer(notes, client_of(scene).chat(model=scene["model"], messages=MESSAGES))


def stream(scene, notes):
    gather(client_of(scene).chat_stream(model=scene["model"], messages=MESSAGES), notes)


def use_tool(scene, notes):
    request = {"model": scene["model"], "tools": TOOLS}
    first = client_of(scene).chat(messages=MESSAGES, **request)
    calls = [call.model_dump(exclude_none=True) for call in first.message.tool_calls or []]
    history = note_calls(notes, calls, first.finish_reason)
    note_answer(notes, client_of(scene).chat(messages=history, **request))


def stream_tool(scene, notes):
    request = {"model": scene["model"], "tools": TOOLS}
    first = {"text": ""}
    calls = gather(client_of(scene).chat_stream(messages=MESSAGES, **request), first)
    history = note_calls(notes, calls, first.get("finish"))
    gather(client_of(scene).chat_stream(messages=history, **request), notes)


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
