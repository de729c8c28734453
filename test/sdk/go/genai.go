package main

import (
	"context"

	"google.golang.org/genai"
)

type genaiFactory func(ctx context.Context, scene scene) (*genai.Client, error)

func genaiAt(address string) genaiFactory {
	return func(ctx context.Context, scene scene) (*genai.Client, error) {
		return genai.NewClient(ctx, &genai.ClientConfig{
			APIKey:      key,
			Backend:     genai.BackendGeminiAPI,
			HTTPOptions: genai.HTTPOptions{BaseURL: address, RetryOptions: genaiRetries(scene)},
		})
	}
}

// This client asks again only when it is told to.
func genaiRetries(scene scene) *genai.HTTPRetryOptions {
	if scene.asksOnce() {
		return nil
	}
	return &genai.HTTPRetryOptions{
		Attempts: genai.Ptr[int32](3), InitialDelay: genai.Ptr(0.05), Jitter: genai.Ptr(0.05),
	}
}

func genaiContent(address string) script {
	open := genaiAt(address)
	return script{
		"ask": func(ctx context.Context, scene scene, notes *notes) error {
			client, err := open(ctx, scene)
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
		"stream": func(ctx context.Context, scene scene, notes *notes) error {
			client, err := open(ctx, scene)
			if err != nil {
				return err
			}
			for piece, err := range client.Models.GenerateContentStream(ctx, scene.Model, genai.Text(question), nil) {
				if err != nil {
					return err
				}
				noteGenai(notes, piece)
			}
			return nil
		},
		"useTool":    inChat(open, sendWhole),
		"streamTool": inChat(open, sendStreamed),
	}
}

func noteGenai(notes *notes, answer *genai.GenerateContentResponse) {
	notes.addPiece(answer.Text())
	if len(answer.Candidates) > 0 && answer.Candidates[0].FinishReason != "" {
		notes.Finish = string(answer.Candidates[0].FinishReason)
	}
	if answer.UsageMetadata != nil && answer.UsageMetadata.CandidatesTokenCount > 0 {
		notes.OutputTokens = int64(answer.UsageMetadata.CandidatesTokenCount)
	}
}

type genaiTurn func(
	ctx context.Context, chat *genai.Chat, parts []*genai.Part, notes *notes,
) ([]*genai.FunctionCall, error)

// Through a chat, which keeps the history itself.
func inChat(open genaiFactory, turn genaiTurn) act {
	return func(ctx context.Context, scene scene, notes *notes) error {
		client, err := open(ctx, scene)
		if err != nil {
			return err
		}
		chat, err := client.Chats.Create(ctx, scene.Model, genaiTools(), nil)
		if err != nil {
			return err
		}
		called, err := turn(ctx, chat, []*genai.Part{genai.NewPartFromText(question)}, notes)
		if err != nil {
			return err
		}
		notes.CallFinish = notes.Finish
		var results []*genai.Part
		for _, one := range called {
			notes.addParsedCall(one.Name, one.Args)
			result := &genai.FunctionResponse{ID: one.ID, Name: one.Name, Response: map[string]any{"output": toolResult}}
			results = append(results, &genai.Part{FunctionResponse: result})
		}
		notes.Text, notes.Pieces = "", 0
		_, err = turn(ctx, chat, results, notes)
		return err
	}
}

func genaiTools() *genai.GenerateContentConfig {
	return &genai.GenerateContentConfig{Tools: []*genai.Tool{{
		FunctionDeclarations: []*genai.FunctionDeclaration{
			{Name: toolName, Description: toolDescription, ParametersJsonSchema: toolParameters()},
		},
	}}}
}

func sendWhole(
	ctx context.Context, chat *genai.Chat, parts []*genai.Part, notes *notes,
) ([]*genai.FunctionCall, error) {
	answer, err := chat.Send(ctx, parts...)
	if err != nil {
		return nil, err
	}
	noteGenai(notes, answer)
	return answer.FunctionCalls(), nil
}

func sendStreamed(
	ctx context.Context, chat *genai.Chat, parts []*genai.Part, notes *notes,
) ([]*genai.FunctionCall, error) {
	var called []*genai.FunctionCall
	for piece, err := range chat.SendStream(ctx, parts...) {
		if err != nil {
			return nil, err
		}
		noteGenai(notes, piece)
		called = append(called, piece.FunctionCalls()...)
	}
	return called, nil
}
