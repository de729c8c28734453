package main

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/openai/openai-go/v3"
	"google.golang.org/genai"
)

// Clients that nobody configured: they find the sidecar by the variables that they read themselves.
func environment(string) script {
	return script{
		"openai": func(ctx context.Context, scene scene, notes *notes) error {
			client := openai.NewClient()
			messages := []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)}
			return askChat(ctx, &client, chatParams(scene, messages), notes)
		},
		"anthropic": func(ctx context.Context, scene scene, notes *notes) error {
			client := anthropic.NewClient()
			messages := []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))}
			_, err := askMessages(ctx, &client, messagesParams(scene, messages, nil), notes)
			return err
		},
		"genai": func(ctx context.Context, scene scene, notes *notes) error {
			client, err := genai.NewClient(ctx, nil)
			if err != nil {
				return err
			}
			answer, err := client.Models.GenerateContent(ctx, scene.Model, genai.Text(question), nil)
			if err != nil {
				return err
			}
			noteGenai(notes, answer)
			return nil
		},
		"bedrock": func(ctx context.Context, scene scene, notes *notes) error {
			loaded, err := config.LoadDefaultConfig(ctx)
			if err != nil {
				return err
			}
			request := converseRequest{model: &scene.Model, messages: converseQuestion()}
			_, err = converse(ctx, bedrockruntime.NewFromConfig(loaded), request, notes)
			return err
		},
	}
}
