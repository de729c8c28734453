package main

import (
	"context"
	"errors"
	"io"

	openai "github.com/sashabaranov/go-openai"
)

func goOpenAiAt(address string) *openai.Client {
	config := openai.DefaultConfig(key)
	config.BaseURL = address + "/v1"
	return openai.NewClientWithConfig(config)
}

// The widespread client that is not the vendor's own.
func goOpenAi(address string) script {
	asked := []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: question}}
	once := func(turn goOpenAiTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			request := openai.ChatCompletionRequest{Model: scene.Model, Messages: asked}
			_, err := turn(ctx, goOpenAiAt(address), request, notes)
			return err
		}
	}
	withTool := func(turn goOpenAiTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			request := openai.ChatCompletionRequest{Model: scene.Model, Messages: asked, Tools: goOpenAiTools()}
			said, err := turn(ctx, goOpenAiAt(address), request, notes)
			if err != nil {
				return err
			}
			notes.CallFinish = notes.Finish
			request.Messages = append(append([]openai.ChatCompletionMessage{}, asked...), said)
			for _, called := range said.ToolCalls {
				notes.addCall(called.Function.Name, called.Function.Arguments)
				request.Messages = append(request.Messages, openai.ChatCompletionMessage{
					Role: openai.ChatMessageRoleTool, Content: toolResult, ToolCallID: called.ID,
				})
			}
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, goOpenAiAt(address), request, notes)
			return err
		}
	}
	return script{
		"ask":        once(askGoOpenAi),
		"stream":     once(streamGoOpenAi),
		"useTool":    withTool(askGoOpenAi),
		"streamTool": withTool(streamGoOpenAi),
	}
}

type goOpenAiTurn func(
	ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest, notes *notes,
) (openai.ChatCompletionMessage, error)

func goOpenAiTools() []openai.Tool {
	return []openai.Tool{{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
		Name: toolName, Description: toolDescription, Parameters: toolParameters(),
	}}}
}

func askGoOpenAi(
	ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest, notes *notes,
) (openai.ChatCompletionMessage, error) {
	answer, err := client.CreateChatCompletion(ctx, request)
	if err != nil {
		return openai.ChatCompletionMessage{}, err
	}
	notes.Text = answer.Choices[0].Message.Content
	notes.Finish = string(answer.Choices[0].FinishReason)
	notes.OutputTokens = int64(answer.Usage.CompletionTokens)
	return answer.Choices[0].Message, nil
}

func streamGoOpenAi(
	ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest, notes *notes,
) (openai.ChatCompletionMessage, error) {
	said := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant}
	request.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	stream, err := client.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return said, err
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return said, nil
		}
		if err != nil {
			return said, err
		}
		if chunk.Usage != nil {
			notes.OutputTokens = int64(chunk.Usage.CompletionTokens)
		}
		for _, choice := range chunk.Choices {
			notes.addPiece(choice.Delta.Content)
			if choice.FinishReason != "" {
				notes.Finish = string(choice.FinishReason)
			}
			said.ToolCalls = gatherGoOpenAi(said.ToolCalls, choice.Delta.ToolCalls)
		}
	}
}

func gatherGoOpenAi(calls, pieces []openai.ToolCall) []openai.ToolCall {
	for _, piece := range pieces {
		if piece.ID != "" {
			calls = append(calls, piece)
			continue
		}
		calls[*piece.Index].Function.Arguments += piece.Function.Arguments
	}
	return calls
}
