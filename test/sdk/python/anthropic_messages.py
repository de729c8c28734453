from anthropic import Anthropic

import play

MESSAGES = [{"role": "user", "content": play.QUESTION}]
TOOLS = [{"name": play.TOOL, "description": play.DESCRIPTION, "input_schema": play.PARAMETERS}]


def messages(scene):
    retries = {"max_retries": 0} if scene["retries"] == "none" else {}
    return Anthropic(api_key=play.KEY, base_url=play.address(), **retries).messages


def request_of(scene, **more):
    return {"model": scene["model"], "max_tokens": 1000, "messages": MESSAGES, **more}


def note_end(notes, message):
    notes["finish"] = message.stop_reason
    notes["outputTokens"] = message.usage.output_tokens


def note_answer(notes, message):
    notes["text"] = "".join(part.text for part in message.content if part.type == "text")
    note_end(notes, message)


def note_calls(notes, message):
    calls = [part for part in message.content if part.type == "tool_use"]
    notes["calls"] = [{"name": call.name, "input": call.input} for call in calls]
    notes["callFinish"] = message.stop_reason
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": play.RESULT} for call in calls
    ]
    said = {"role": "assistant", "content": message.content}
    return [*MESSAGES, said, {"role": "user", "content": results}]


def ask(scene, notes):
    note_answer(notes, messages(scene).create(**request_of(scene)))


def stream(scene, notes):
    with messages(scene).stream(**request_of(scene)) as answer:
        for text in answer.text_stream:
            play.add_piece(notes, text)
        note_end(notes, answer.get_final_message())


def use_tool(scene, notes):
    history = note_calls(notes, messages(scene).create(**request_of(scene, tools=TOOLS)))
    note_answer(notes, messages(scene).create(**request_of(scene, tools=TOOLS, messages=history)))


def stream_tool(scene, notes):
    with messages(scene).stream(**request_of(scene, tools=TOOLS)) as first:
        history = note_calls(notes, first.get_final_message())
    with messages(scene).stream(**request_of(scene, tools=TOOLS, messages=history)) as second:
        note_answer(notes, second.get_final_message())


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
