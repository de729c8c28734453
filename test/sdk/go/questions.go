package main

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
	"google.golang.org/genai"
)

// What clients ask beside conversations: model lists, token counts, answers of a given shape.
func questions(address string) script {
	return script{
		"openAiModels":    openAiModels(openAiAt(address)),
		"anthropicModels": anthropicModels(anthropicAt(address)),
		"genaiModels":     genaiModels(genaiAt(address)),
		"anthropicCount":  anthropicCount(anthropicAt(address)),
		"genaiCount":      genaiCount(genaiAt(address)),
		"openAiShape":     openAiShape(openAiAt(address)),
		"azureShape":      openAiShape(azureAt(address)),
		"responsesShape":  responsesShape(openAiAt(address)),
		"azureResponses":  responsesShape(azureAt(address)),
		"genaiShape":      genaiShape(genaiAt(address)),
		"anthropicShape":  anthropicShape(anthropicAt(address)),
	}
}

func openAiModels(open openAiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		pages := client.Models.ListAutoPaging(ctx)
		for pages.Next() {
			notes.Models = append(notes.Models, pages.Current().ID)
		}
		return pages.Err()
	}
}

func anthropicModels(open anthropicFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		pages := client.Models.ListAutoPaging(ctx, anthropic.ModelListParams{})
		for pages.Next() {
			notes.Models = append(notes.Models, pages.Current().ID)
		}
		return pages.Err()
	}
}

func genaiModels(open genaiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client, err := open(ctx, scene)
		if err != nil {
			return err
		}
		for model, err := range client.Models.All(ctx) {
			if err != nil {
				return err
			}
			notes.Models = append(notes.Models, model.Name)
		}
		return nil
	}
}

func anthropicCount(open anthropicFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		counted, err := client.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
			Model:    scene.Model,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
		})
		if err != nil {
			return err
		}
		notes.Tokens = counted.InputTokens
		return nil
	}
}

func genaiCount(open genaiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client, err := open(ctx, scene)
		if err != nil {
			return err
		}
		counted, err := client.Models.CountTokens(ctx, scene.Model, genai.Text(question), nil)
		if err != nil {
			return err
		}
		notes.Tokens = int64(counted.TotalTokens)
		return nil
	}
}

func openAiShape(open openAiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		params := chatParams(scene, []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)})
		params.ResponseFormat = openai.ChatCompletionNewParamsResponseFormatUnion{
			OfJSONSchema: &openai.ResponseFormatJSONSchemaParam{
				JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{
					Name: "person", Schema: personSchema(), Strict: openai.Bool(true),
				},
			},
		}
		return askChat(ctx, &client, params, notes)
	}
}

func responsesShape(open openAiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		item := responses.ResponseInputItemParamOfMessage(question, responses.EasyInputMessageRoleUser)
		params := responsesParams(scene, []responses.ResponseInputItemUnionParam{item}, nil)
		params.Text = responses.ResponseTextConfigParam{
			Format: responses.ResponseFormatTextConfigParamOfJSONSchema("person", personSchema()),
		}
		_, err := askResponses(ctx, &client, params, notes)
		return err
	}
}

func genaiShape(open genaiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client, err := open(ctx, scene)
		if err != nil {
			return err
		}
		config := &genai.GenerateContentConfig{
			ResponseMIMEType: "application/json", ResponseJsonSchema: personSchema(),
		}
		answer, err := client.Models.GenerateContent(ctx, scene.Model, genai.Text(question), config)
		if err != nil {
			return err
		}
		noteGenai(notes, answer)
		return nil
	}
}

func anthropicShape(open anthropicFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		asked := []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))}
		params := messagesParams(scene, asked, nil)
		params.OutputConfig = anthropic.OutputConfigParam{
			Format: anthropic.JSONOutputFormatParam{Schema: personSchema()},
		}
		_, err := askMessages(ctx, &client, params, notes)
		return err
	}
}
