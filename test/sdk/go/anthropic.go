package main

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/aws/aws-sdk-go-v2/aws"
)

// Makes a client for one scene.
type anthropicFactory func(scene scene) anthropic.Client

func anthropicAt(address string) anthropicFactory {
	return func(scene scene) anthropic.Client {
		return anthropic.NewClient(anthropicOptions(scene, option.WithBaseURL(address), option.WithAPIKey(key))...)
	}
}

// The same client, made to speak to Bedrock: bodies of the Anthropic format for InvokeModel, signed.
func anthropicBedrockAt(address string) anthropicFactory {
	config := aws.Config{Region: awsRegion, Credentials: awsKeys}
	return func(scene scene) anthropic.Client {
		return anthropic.NewClient(anthropicOptions(scene, bedrock.WithConfig(config), option.WithBaseURL(address))...)
	}
}

func anthropicOptions(scene scene, options ...option.RequestOption) []option.RequestOption {
	if scene.asksOnce() {
		return append(options, option.WithMaxRetries(0))
	}
	return options
}

func anthropicMessages(address string) script { return messagesWith(anthropicAt(address)) }

func anthropicBedrock(address string) script { return messagesWith(anthropicBedrockAt(address)) }

type messagesTurn func(
	ctx context.Context, client *anthropic.Client, params anthropic.MessageNewParams, notes *notes,
) (*anthropic.Message, error)

func messagesWith(open anthropicFactory) script {
	asked := []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))}
	once := func(turn messagesTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			_, err := turn(ctx, &client, messagesParams(scene, asked, nil), notes)
			return err
		}
	}
	withTool := func(turn messagesTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			first, err := turn(ctx, &client, messagesParams(scene, asked, messagesTools()), notes)
			if err != nil {
				return err
			}
			history := noteMessagesCalls(notes, asked, first)
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, &client, messagesParams(scene, history, messagesTools()), notes)
			return err
		}
	}
	return script{
		"ask":        once(askMessages),
		"stream":     once(streamMessages),
		"useTool":    withTool(askMessages),
		"streamTool": withTool(streamMessages),
	}
}

func messagesParams(
	scene scene, messages []anthropic.MessageParam, tools []anthropic.ToolUnionParam,
) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{Model: scene.Model, MaxTokens: enoughTokens, Messages: messages, Tools: tools}
}

func messagesTools() []anthropic.ToolUnionParam {
	return []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
		Name:        toolName,
		Description: anthropic.String(toolDescription),
		InputSchema: anthropic.ToolInputSchemaParam{
			Properties: toolParameters()["properties"],
			Required:   []string{"city"},
		},
	}}}
}

func noteMessage(notes *notes, message *anthropic.Message) {
	notes.Finish = string(message.StopReason)
	notes.OutputTokens = message.Usage.OutputTokens
}

func askMessages(
	ctx context.Context, client *anthropic.Client, params anthropic.MessageNewParams, notes *notes,
) (*anthropic.Message, error) {
	message, err := client.Messages.New(ctx, params)
	if err != nil {
		return nil, err
	}
	for _, block := range message.Content {
		notes.Text += block.Text
	}
	noteMessage(notes, message)
	return message, nil
}

func streamMessages(
	ctx context.Context, client *anthropic.Client, params anthropic.MessageNewParams, notes *notes,
) (*anthropic.Message, error) {
	stream := client.Messages.NewStreaming(ctx, params)
	defer stream.Close()
	var message anthropic.Message
	for stream.Next() {
		event := stream.Current()
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

func noteMessagesCalls(
	notes *notes, asked []anthropic.MessageParam, message *anthropic.Message,
) []anthropic.MessageParam {
	notes.CallFinish = string(message.StopReason)
	var results []anthropic.ContentBlockParamUnion
	for _, block := range message.Content {
		if called, ok := block.AsAny().(anthropic.ToolUseBlock); ok {
			notes.addCall(called.Name, string(called.Input))
			results = append(results, anthropic.NewToolResultBlock(called.ID, toolResult, false))
		}
	}
	history := append([]anthropic.MessageParam{}, asked...)
	return append(history, message.ToParam(), anthropic.NewUserMessage(results...))
}
