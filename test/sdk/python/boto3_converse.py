import json

import boto3
from botocore.config import Config

import play

MESSAGES = [{"role": "user", "content": [{"text": play.QUESTION}]}]
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": play.TOOL,
                "description": play.DESCRIPTION,
                "inputSchema": {"json": play.PARAMETERS},
            }
        }
    ]
}


def client_of(config):
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=play.address(),
        region_name="us-east-1",
        aws_access_key_id=play.KEY,
        aws_secret_access_key=play.KEY,
        config=config,
    )


CLIENTS = {
    "none": client_of(Config(retries={"total_max_attempts": 1})),
    "usual": client_of(Config()),
}


def note_answer(notes, answer):
    content = answer["output"]["message"]["content"]
    notes["text"] = "".join(block.get("text", "") for block in content)
    notes["finish"] = answer["stopReason"]
    notes["outputTokens"] = answer["usage"]["outputTokens"]


def note_calls(notes, message, finish):
    calls = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    notes["calls"] = [{"name": call["name"], "input": call["input"]} for call in calls]
    notes["callFinish"] = finish
    results = [
        {"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": play.RESULT}]}}
        for call in calls
    ]
    return [*MESSAGES, message, {"role": "user", "content": results}]


def gather(answer, notes):
    """Puts a streamed answer together, as this package leaves to its users."""
    calls = []
    for event in answer["stream"]:
        start = event.get("contentBlockStart", {}).get("start", {}).get("toolUse")
        if start:
            calls.append({**start, "text": ""})
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        play.add_piece(notes, delta.get("text"))
        if calls:
            calls[-1]["text"] += delta.get("toolUse", {}).get("input", "")
        if "messageStop" in event:
            notes["finish"] = event["messageStop"]["stopReason"]
        if "metadata" in event:
            notes["outputTokens"] = event["metadata"]["usage"]["outputTokens"]
    content = [
        {
            "toolUse": {
                "toolUseId": call["toolUseId"],
                "name": call["name"],
                "input": json.loads(call["text"]),
            }
        }
        for call in calls
    ]
    return {"role": "assistant", "content": content}


def ask(scene, notes):
    client = CLIENTS[scene["retries"]]
    note_answer(notes, client.converse(modelId=scene["model"], messages=MESSAGES))


def stream(scene, notes):
    client = CLIENTS[scene["retries"]]
    gather(client.converse_stream(modelId=scene["model"], messages=MESSAGES), notes)


def use_tool(scene, notes):
    client = CLIENTS[scene["retries"]]
    request = {"modelId": scene["model"], "toolConfig": TOOLS}
    first = client.converse(messages=MESSAGES, **request)
    history = note_calls(notes, first["output"]["message"], first["stopReason"])
    note_answer(notes, client.converse(messages=history, **request))


def stream_tool(scene, notes):
    client = CLIENTS[scene["retries"]]
    request = {"modelId": scene["model"], "toolConfig": TOOLS}
    first = {"text": ""}
    said = gather(client.converse_stream(messages=MESSAGES, **request), first)
    history = note_calls(notes, said, first["finish"])
    gather(client.converse_stream(messages=history, **request), notes)


play.serve({"ask": ask, "stream": stream, "useTool": use_tool, "streamTool": stream_tool})
