package main

import (
	"context"
	"errors"
	"io"

	cohere "github.com/cohere-ai/cohere-go/v2"
	"github.com/cohere-ai/cohere-go/v2/client"
	"github.com/cohere-ai/cohere-go/v2/option"
)

func cohereAt(address string, scene scene) *client.Client {
	options := []option.RequestOption{client.WithBaseURL(address), client.WithToken(key)}
	if scene.asksOnce() {
		options = append(options, client.WithMaxAttempts(1))
	}
	return client.NewClient(options...)
}

type cohereTurn func(
	ctx context.Context, client *client.Client, request cohere.V2ChatRequest, notes *notes,
) (*cohere.AssistantMessage, error)

func cohereChat(address string) script {
	asked := cohere.ChatMessages{{
		Role: "user",
		User: &cohere.UserMessageV2{Content: &cohere.UserMessageV2Content{String: question}},
	}}
	once := func(turn cohereTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			request := cohere.V2ChatRequest{Model: scene.Model, Messages: asked}
			_, err := turn(ctx, cohereAt(address, scene), request, notes)
			return err
		}
	}
	withTool := func(turn cohereTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := cohereAt(address, scene)
			request := cohere.V2ChatRequest{Model: scene.Model, Messages: asked, Tools: cohereTools()}
			said, err := turn(ctx, client, request, notes)
			if err != nil {
				return err
			}
			request.Messages = noteCohereCalls(notes, asked, said)
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, client, request, notes)
			return err
		}
	}
	return script{
		"ask":        once(askCohere),
		"stream":     once(streamCohere),
		"useTool":    withTool(askCohere),
		"streamTool": withTool(streamCohere),
	}
}

func cohereTools() []*cohere.ToolV2 {
	return []*cohere.ToolV2{{
		Type: cohere.String("function"),
		Function: &cohere.ToolV2Function{
			Name: toolName, Description: cohere.String(toolDescription), Parameters: toolParameters(),
		},
	}}
}

func askCohere(
	ctx context.Context, client *client.Client, request cohere.V2ChatRequest, notes *notes,
) (*cohere.AssistantMessage, error) {
	answer, err := client.V2.Chat(ctx, &request)
	if err != nil {
		return nil, err
	}
	for _, item := range answer.Message.Content {
		if item.Text != nil {
			notes.Text += item.Text.Text
		}
	}
	notes.Finish = string(answer.FinishReason)
	notes.OutputTokens = cohereTokens(answer.Usage)
	return &cohere.AssistantMessage{ToolCalls: answer.Message.ToolCalls, ToolPlan: answer.Message.ToolPlan}, nil
}

func cohereTokens(usage *cohere.Usage) int64 {
	if usage == nil || usage.Tokens == nil || usage.Tokens.OutputTokens == nil {
		return 0
	}
	return int64(*usage.Tokens.OutputTokens)
}

func streamCohere(
	ctx context.Context, client *client.Client, request cohere.V2ChatRequest, notes *notes,
) (*cohere.AssistantMessage, error) {
	stream, err := client.V2.ChatStream(ctx, &cohere.V2ChatStreamRequest{
		Model: request.Model, Messages: request.Messages, Tools: request.Tools,
	})
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	said := &cohere.AssistantMessage{}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return said, nil
		}
		if err != nil {
			return nil, err
		}
		gatherCohere(event, said, notes)
	}
}

func gatherCohere(event cohere.V2ChatStreamResponse, said *cohere.AssistantMessage, notes *notes) {
	switch event.Type {
	case "content-delta":
		if text := event.ContentDelta.Delta.Message.Content.Text; text != nil {
			notes.addPiece(*text)
		}
	case "tool-call-start":
		said.ToolCalls = append(said.ToolCalls, event.ToolCallStart.Delta.Message.ToolCalls)
	case "tool-call-delta":
		growing := said.ToolCalls[len(said.ToolCalls)-1].Function
		if piece := event.ToolCallDelta.Delta.Message.ToolCalls.Function.Arguments; piece != nil {
			growing.Arguments = cohere.String(*growing.Arguments + *piece)
		}
	case "message-end":
		notes.Finish = string(*event.MessageEnd.Delta.FinishReason)
		notes.OutputTokens = cohereTokens(event.MessageEnd.Delta.Usage)
	}
}

func noteCohereCalls(notes *notes, asked cohere.ChatMessages, said *cohere.AssistantMessage) cohere.ChatMessages {
	notes.CallFinish = notes.Finish
	history := append(cohere.ChatMessages{}, asked...)
	history = append(history, &cohere.ChatMessageV2{Role: "assistant", Assistant: said})
	for _, called := range said.ToolCalls {
		notes.addCall(*called.Function.Name, *called.Function.Arguments)
		history = append(history, &cohere.ChatMessageV2{Role: "tool", Tool: &cohere.ToolMessageV2{
			ToolCallId: *called.Id, Content: &cohere.ToolMessageV2Content{String: toolResult},
		}})
	}
	return history
}
