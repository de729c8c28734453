package main

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
)

// The beta namespace: the same answers under types of their own, with a header and a query of their own.
func anthropicBeta(address string) script {
	open := anthropicAt(address)
	asked := []anthropic.BetaMessageParam{
		anthropic.NewBetaUserMessage(anthropic.NewBetaTextBlock(question)),
	}
	once := func(turn betaTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			_, err := turn(ctx, &client, betaParams(scene, asked, nil), notes)
			return err
		}
	}
	withTool := func(turn betaTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			first, err := turn(ctx, &client, betaParams(scene, asked, betaTools()), notes)
			if err != nil {
				return err
			}
			history := noteBetaCalls(notes, asked, first)
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, &client, betaParams(scene, history, betaTools()), notes)
			return err
		}
	}
	return script{
		"ask":        once(askBeta),
		"stream":     once(streamBeta),
		"useTool":    withTool(askBeta),
		"streamTool": withTool(streamBeta),
	}
}

type betaTurn func(
	ctx context.Context, client *anthropic.Client, params anthropic.BetaMessageNewParams, notes *notes,
) (*anthropic.BetaMessage, error)

func betaParams(
	scene scene, messages []anthropic.BetaMessageParam, tools []anthropic.BetaToolUnionParam,
) anthropic.BetaMessageNewParams {
	return anthropic.BetaMessageNewParams{
		Model:     scene.Model,
		MaxTokens: enoughTokens,
		Messages:  messages,
		Tools:     tools,
		Betas:     []anthropic.AnthropicBeta{anthropic.AnthropicBetaContext1m2025_08_07},
	}
}

func betaTools() []anthropic.BetaToolUnionParam {
	return []anthropic.BetaToolUnionParam{{OfTool: &anthropic.BetaToolParam{
		Name:        toolName,
		Description: anthropic.String(toolDescription),
		InputSchema: anthropic.BetaToolInputSchema(toolParameters()),
	}}}
}

func noteBeta(notes *notes, message *anthropic.BetaMessage) {
	notes.Finish = string(message.StopReason)
	notes.OutputTokens = message.Usage.OutputTokens
}

func askBeta(
	ctx context.Context, client *anthropic.Client, params anthropic.BetaMessageNewParams, notes *notes,
) (*anthropic.BetaMessage, error) {
	message, err := client.Beta.Messages.New(ctx, params)
	if err != nil {
		return nil, err
	}
	for _, block := range message.Content {
		notes.Text += block.Text
	}
	noteBeta(notes, message)
	return message, nil
}

func streamBeta(
	ctx context.Context, client *anthropic.Client, params anthropic.BetaMessageNewParams, notes *notes,
) (*anthropic.BetaMessage, error) {
	stream := client.Beta.Messages.NewStreaming(ctx, params)
	defer stream.Close()
	var message anthropic.BetaMessage
	for stream.Next() {
		event := stream.Current()
		if err := message.Accumulate(event); err != nil {
			return nil, err
		}
		if delta, ok := event.AsAny().(anthropic.BetaRawContentBlockDeltaEvent); ok {
			notes.addPiece(delta.Delta.Text)
		}
	}
	noteBeta(notes, &message)
	return &message, stream.Err()
}

func noteBetaCalls(
	notes *notes, asked []anthropic.BetaMessageParam, message *anthropic.BetaMessage,
) []anthropic.BetaMessageParam {
	notes.CallFinish = string(message.StopReason)
	var results []anthropic.BetaContentBlockParamUnion
	for _, block := range message.Content {
		if called, ok := block.AsAny().(anthropic.BetaToolUseBlock); ok {
			notes.addParsedCall(called.Name, called.Input)
			results = append(results, anthropic.NewBetaToolResultBlock(called.ID, toolResult, false))
		}
	}
	history := append([]anthropic.BetaMessageParam{}, asked...)
	return append(history, message.ToParam(), anthropic.NewBetaUserMessage(results...))
}
