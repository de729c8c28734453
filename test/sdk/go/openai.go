package main

import (
	"context"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
)

// Makes a client for one scene.
type openAiFactory func(scene scene) openai.Client

func openAiAt(address string) openAiFactory {
	return func(scene scene) openai.Client {
		return openai.NewClient(openAiOptions(scene,
			option.WithBaseURL(address+"/v1"), option.WithAPIKey(key))...)
	}
}

func azureAt(address string) openAiFactory {
	return func(scene scene) openai.Client {
		return openai.NewClient(openAiOptions(scene,
			azure.WithEndpoint(address, "2024-10-21"), azure.WithAPIKey(key), azure.WithUnsafeAllowHTTP())...)
	}
}

func openAiOptions(scene scene, options ...option.RequestOption) []option.RequestOption {
	if scene.asksOnce() {
		return append(options, option.WithMaxRetries(0))
	}
	return options
}

func openAiChat(address string) script { return chatWith(openAiAt(address)) }

func azureChat(address string) script { return chatWith(azureAt(address)) }

func chatWith(open openAiFactory) script {
	asked := []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)}
	return script{
		"ask": func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			return askChat(ctx, &client, chatParams(scene, asked), notes)
		},
		"stream": func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			_, err := streamChat(ctx, &client, chatParams(scene, asked), notes)
			return err
		},
		"useTool": func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			first, err := client.Chat.Completions.New(ctx, withChatTools(chatParams(scene, asked)))
			if err != nil {
				return err
			}
			history := noteChatCalls(notes, asked, first.Choices[0])
			return askChat(ctx, &client, withChatTools(chatParams(scene, history)), notes)
		},
		"streamTool": func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			first, err := streamChat(ctx, &client, withChatTools(chatParams(scene, asked)), notes)
			if err != nil {
				return err
			}
			history := noteChatCalls(notes, asked, first.Choices[0])
			notes.Text, notes.Pieces = "", 0
			_, err = streamChat(ctx, &client, withChatTools(chatParams(scene, history)), notes)
			return err
		},
	}
}

func chatParams(scene scene, messages []openai.ChatCompletionMessageParamUnion) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{Model: scene.Model, Messages: messages}
}

func withChatTools(params openai.ChatCompletionNewParams) openai.ChatCompletionNewParams {
	params.Tools = []openai.ChatCompletionToolUnionParam{
		openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
			Name:        toolName,
			Description: openai.String(toolDescription),
			Parameters:  toolParameters(),
		}),
	}
	return params
}

func askChat(ctx context.Context, client *openai.Client, params openai.ChatCompletionNewParams, notes *notes) error {
	answer, err := client.Chat.Completions.New(ctx, params)
	if err != nil {
		return err
	}
	notes.Text = answer.Choices[0].Message.Content
	notes.Finish = answer.Choices[0].FinishReason
	notes.OutputTokens = answer.Usage.CompletionTokens
	return nil
}

func streamChat(
	ctx context.Context, client *openai.Client, params openai.ChatCompletionNewParams, notes *notes,
) (*openai.ChatCompletion, error) {
	params.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
	stream := client.Chat.Completions.NewStreaming(ctx, params)
	defer stream.Close()
	var gathered openai.ChatCompletionAccumulator
	for stream.Next() {
		chunk := stream.Current()
		gathered.AddChunk(chunk)
		for _, choice := range chunk.Choices {
			notes.addPiece(choice.Delta.Content)
			if choice.FinishReason != "" {
				notes.Finish = choice.FinishReason
			}
		}
	}
	notes.OutputTokens = gathered.Usage.CompletionTokens
	return &gathered.ChatCompletion, stream.Err()
}

func noteChatCalls(
	notes *notes, asked []openai.ChatCompletionMessageParamUnion, choice openai.ChatCompletionChoice,
) []openai.ChatCompletionMessageParamUnion {
	notes.CallFinish = choice.FinishReason
	history := append([]openai.ChatCompletionMessageParamUnion{}, asked...)
	history = append(history, choice.Message.ToParam())
	for _, called := range choice.Message.ToolCalls {
		notes.addCall(called.Function.Name, called.Function.Arguments)
		history = append(history, openai.ToolMessage(toolResult, called.ID))
	}
	return history
}
