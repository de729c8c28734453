package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	cohere "github.com/cohere-ai/cohere-go/v2"
	"github.com/openai/openai-go/v3"
	"google.golang.org/genai"
)

var texts = []string{"a first text", "a second text"}

func embeddings(address string) script {
	return script{
		"openai": embedWith(openAiAt(address)),
		"azure":  embedWith(azureAt(address)),
		"genai": func(ctx context.Context, scene scene, notes *notes) error {
			return embedGenai(ctx, address, scene, notes)
		},
		"cohere": func(ctx context.Context, scene scene, notes *notes) error {
			return embedCohere(ctx, address, scene, notes)
		},
		"bedrock": func(ctx context.Context, scene scene, notes *notes) error {
			return embedBedrock(ctx, address, scene, notes)
		},
	}
}

func embedWith(open openAiFactory) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client := open(scene)
		answer, err := client.Embeddings.New(ctx, openai.EmbeddingNewParams{
			Model: scene.Model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts},
		})
		if err != nil {
			return err
		}
		for _, one := range answer.Data {
			notes.Vectors = append(notes.Vectors, one.Embedding)
		}
		notes.Tokens = answer.Usage.TotalTokens
		return nil
	}
}

func embedGenai(ctx context.Context, address string, scene scene, notes *notes) error {
	client, err := genaiAt(address)(ctx, scene)
	if err != nil {
		return err
	}
	var contents []*genai.Content
	for _, text := range texts {
		contents = append(contents, genai.NewContentFromText(text, genai.RoleUser))
	}
	answer, err := client.Models.EmbedContent(ctx, scene.Model, contents, nil)
	if err != nil {
		return err
	}
	for _, one := range answer.Embeddings {
		vector := make([]float64, len(one.Values))
		for index, value := range one.Values {
			vector[index] = float64(value)
		}
		notes.Vectors = append(notes.Vectors, vector)
	}
	return nil
}

func embedCohere(ctx context.Context, address string, scene scene, notes *notes) error {
	answer, err := cohereAt(address, scene).V2.Embed(ctx, &cohere.V2EmbedRequest{
		Model:          scene.Model,
		Texts:          texts,
		InputType:      cohere.EmbedInputTypeSearchDocument,
		EmbeddingTypes: []cohere.EmbeddingType{cohere.EmbeddingTypeFloat},
	})
	if err != nil {
		return err
	}
	notes.Vectors = answer.Embeddings.Float
	return nil
}

func embedBedrock(ctx context.Context, address string, scene scene, notes *notes) error {
	body, err := json.Marshal(map[string]string{"inputText": texts[0]})
	if err != nil {
		return err
	}
	input := &bedrockruntime.InvokeModelInput{ModelId: aws.String(scene.Model), Body: body}
	answer, err := bedrockAt(address, scene).InvokeModel(ctx, input)
	if err != nil {
		return err
	}
	var said struct {
		Embedding []float64 `json:"embedding"`
	}
	if err := json.Unmarshal(answer.Body, &said); err != nil {
		return err
	}
	notes.Vectors = append(notes.Vectors, said.Embedding)
	return nil
}
