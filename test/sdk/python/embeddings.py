import json

import boto3
import cohere
from google import genai
from google.genai import types
from openai import OpenAI

import play

TEXTS = ["a first text", "a second text"]


def with_openai(scene, notes):
    client = OpenAI(api_key=play.KEY, base_url=f"{play.address()}/v1", max_retries=0)
    answer = client.embeddings.create(model=scene["model"], input=TEXTS)
    notes["vectors"] = [one.embedding for one in answer.data]
    notes["tokens"] = answer.usage.total_tokens


def with_google(scene, notes):
    # Texts for newer models of this vendor, told by the name, are parts of one content: only one text means the same to all.
    client = genai.Client(api_key=play.KEY, http_options=types.HttpOptions(base_url=play.address()))
    answer = client.models.embed_content(model=scene["model"], contents=TEXTS[0])
    notes["vectors"] = [one.values for one in answer.embeddings]


def with_cohere(scene, notes):
    client = cohere.ClientV2(api_key=play.KEY, base_url=play.address(), max_retries=0)
    options = {"input_type": "search_document", "embedding_types": ["float"]}
    answer = client.embed(model=scene["model"], texts=TEXTS, **options)
    notes["vectors"] = answer.embeddings.float_


def with_boto3(scene, notes):
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=play.address(),
        region_name="us-east-1",
        aws_access_key_id=play.KEY,
        aws_secret_access_key=play.KEY,
    )
    body = json.dumps({"inputText": TEXTS[0]})
    answer = client.invoke_model(modelId=scene["model"], body=body)
    notes["vectors"] = [json.loads(answer["body"].read())["embedding"]]


play.serve(
    {"openai": with_openai, "google": with_google, "cohere": with_cohere, "boto3": with_boto3}
)
