package main

import (
	"context"
	"encoding/json"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

type invokeTurn func(
	ctx context.Context, client *bedrockruntime.Client, model string, body []byte, notes *notes,
) (*anthropic.Message, error)

// InvokeModel with bodies of the Anthropic format. The format's own package writes and reads them: this one does not.
func bedrockInvoke(address string) script {
	asked := []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))}
	once := func(turn invokeTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			body, err := invokeBody(asked, nil)
			if err != nil {
				return err
			}
			_, err = turn(ctx, bedrockAt(address, scene), scene.Model, body, notes)
			return err
		}
	}
	withTool := func(turn invokeTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := bedrockAt(address, scene)
			body, err := invokeBody(asked, messagesTools())
			if err != nil {
				return err
			}
			first, err := turn(ctx, client, scene.Model, body, notes)
			if err != nil {
				return err
			}
			if body, err = invokeBody(noteMessagesCalls(notes, asked, first), messagesTools()); err != nil {
				return err
			}
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, client, scene.Model, body, notes)
			return err
		}
	}
	return script{
		"ask":        once(invoke),
		"stream":     once(invokeStream),
		"useTool":    withTool(invoke),
		"streamTool": withTool(invokeStream),
	}
}

func invokeBody(messages []anthropic.MessageParam, tools []anthropic.ToolUnionParam) ([]byte, error) {
	body := map[string]any{
		"anthropic_version": "bedrock-2023-05-31", "max_tokens": enoughTokens, "messages": messages,
	}
	if tools != nil {
		body["tools"] = tools
	}
	return json.Marshal(body)
}

func invoke(
	ctx context.Context, client *bedrockruntime.Client, model string, body []byte, notes *notes,
) (*anthropic.Message, error) {
	answer, err := client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{ModelId: aws.String(model), Body: body})
	if err != nil {
		return nil, err
	}
	var message anthropic.Message
	if err := json.Unmarshal(answer.Body, &message); err != nil {
		return nil, err
	}
	for _, block := range message.Content {
		notes.Text += block.Text
	}
	noteMessage(notes, &message)
	return &message, nil
}

func invokeStream(
	ctx context.Context, client *bedrockruntime.Client, model string, body []byte, notes *notes,
) (*anthropic.Message, error) {
	answer, err := client.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{
		ModelId: aws.String(model), Body: body,
	})
	if err != nil {
		return nil, err
	}
	stream := answer.GetStream()
	defer stream.Close()
	var message anthropic.Message
	for piece := range stream.Events() {
		chunk, ok := piece.(*types.ResponseStreamMemberChunk)
		if !ok {
			continue
		}
		var event anthropic.MessageStreamEventUnion
		if err := json.Unmarshal(chunk.Value.Bytes, &event); err != nil {
			return nil, err
		}
		if err := message.Accumulate(event); err != nil {
			return nil, err
		}
		if delta, ok := event.AsAny().(anthropic.ContentBlockDeltaEvent); ok {
			notes.addPiece(delta.Delta.Text)
		}
	}
	noteMessage(notes, &message)
	return &message, stream.Err()
}
