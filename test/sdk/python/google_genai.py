from google import genai
from google.genai import types

import play

CLIENT = genai.Client(api_key=play.KEY, http_options=types.HttpOptions(base_url=play.address()))
CONFIG = types.GenerateContentConfig(
    tools=[
        types.Tool(
            function_declarations=[
                types.FunctionDeclaration(
                    name=play.TOOL,
                    description=play.DESCRIPTION,
                    parameters_json_schema=play.PARAMETERS,
                )
            ]
        )
    ],
    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
)
ASKED = types.Content(role="user", parts=[types.Part(text=play.QUESTION)])


def note_end(notes, answer):
    finish = answer.candidates[0].finish_reason if answer.candidates else None
    if finish:
        notes["finish"] = finish.value
    if answer.usage_metadata and answer.usage_metadata.candidates_token_count:
        notes["outputTokens"] = answer.usage_metadata.candidates_token_count


def note_calls(notes, calls, finish):
    notes["calls"] = [{"name": call.name, "input": call.args} for call in calls]
    notes["callFinish"] = finish
    return [
        types.Part(
            function_response=types.FunctionResponse(
                id=call.id, name=call.name, response={"output": play.RESULT}
            )
        )
        for call in calls
    ]


def ask(scene, notes):
    answer = CLIENT.models.generate_content(model=scene["model"], contents=play.QUESTION)
    notes["text"] = answer.text
    note_end(notes, answer)


def stream(scene, notes):
    pieces = CLIENT.models.generate_content_stream(model=scene["model"], contents=play.QUESTION)
    for piece in pieces:
        play.add_piece(notes, piece.text)
        note_end(notes, piece)


def use_tool(scene, notes):
    request = {"model": scene["model"], "config": CONFIG}
    first = CLIENT.models.generate_content(contents=[ASKED], **request)
    results = note_calls(notes, first.function_calls or [], first.candidates[0].finish_reason.value)
    said = first.candidates[0].content
    history = [ASKED, said, types.Content(role="user", parts=results)]
    second = CLIENT.models.generate_content(contents=history, **request)
    notes["text"] = second.text
    note_end(notes, second)


def stream_tool(scene, notes):
    """Through a chat, which keeps the history itself."""
    chat = CLIENT.chats.create(model=scene["model"], config=CONFIG)
    first = {}
    calls = []
    for piece in chat.send_message_stream(play.QUESTION):
        calls += piece.function_calls or []
        note_end(first, piece)
    results = note_calls(notes, calls, first.get("finish"))
    for piece in chat.send_message_stream(results):
        play.add_piece(notes, piece.text)
        note_end(notes, piece)


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
