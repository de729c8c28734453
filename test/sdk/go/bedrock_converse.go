package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

type converseTurn func(
	ctx context.Context, client *bedrockruntime.Client, request converseRequest, notes *notes,
) (types.Message, error)

// What the whole and the streamed call have in common.
type converseRequest struct {
	model    *string
	messages []types.Message
	tools    *types.ToolConfiguration
}

func converseQuestion() []types.Message {
	return []types.Message{{
		Role:    types.ConversationRoleUser,
		Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: question}},
	}}
}

func bedrockConverse(address string) script {
	asked := converseQuestion()
	once := func(turn converseTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			request := converseRequest{model: aws.String(scene.Model), messages: asked}
			_, err := turn(ctx, bedrockAt(address, scene), request, notes)
			return err
		}
	}
	withTool := func(turn converseTurn) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := bedrockAt(address, scene)
			request := converseRequest{model: aws.String(scene.Model), messages: asked, tools: converseTools()}
			said, err := turn(ctx, client, request, notes)
			if err != nil {
				return err
			}
			results, err := noteConverseCalls(notes, said)
			if err != nil {
				return err
			}
			request.messages = append(append([]types.Message{}, asked...), said, results)
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, client, request, notes)
			return err
		}
	}
	return script{
		"ask":        once(converse),
		"stream":     once(converseStream),
		"useTool":    withTool(converse),
		"streamTool": withTool(converseStream),
	}
}

func converseTools() *types.ToolConfiguration {
	return &types.ToolConfiguration{Tools: []types.Tool{&types.ToolMemberToolSpec{Value: types.ToolSpecification{
		Name:        aws.String(toolName),
		Description: aws.String(toolDescription),
		InputSchema: &types.ToolInputSchemaMemberJson{Value: document.NewLazyDocument(toolParameters())},
	}}}}
}

func converse(
	ctx context.Context, client *bedrockruntime.Client, request converseRequest, notes *notes,
) (types.Message, error) {
	answer, err := client.Converse(ctx, &bedrockruntime.ConverseInput{
		ModelId: request.model, Messages: request.messages, ToolConfig: request.tools,
	})
	if err != nil {
		return types.Message{}, err
	}
	said := answer.Output.(*types.ConverseOutputMemberMessage).Value
	for _, block := range said.Content {
		if text, ok := block.(*types.ContentBlockMemberText); ok {
			notes.Text += text.Value
		}
	}
	notes.Finish = string(answer.StopReason)
	notes.OutputTokens = int64(aws.ToInt32(answer.Usage.OutputTokens))
	return said, nil
}

// A call as it grows in a stream.
type growingCall struct {
	id, name, arguments string
}

func converseStream(
	ctx context.Context, client *bedrockruntime.Client, request converseRequest, notes *notes,
) (types.Message, error) {
	answer, err := client.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId: request.model, Messages: request.messages, ToolConfig: request.tools,
	})
	if err != nil {
		return types.Message{}, err
	}
	stream := answer.GetStream()
	defer stream.Close()
	var calls []*growingCall
	for event := range stream.Events() {
		calls = gatherConverse(event, calls, notes)
	}
	if err := stream.Err(); err != nil {
		return types.Message{}, err
	}
	said := types.Message{Role: types.ConversationRoleAssistant}
	for _, one := range calls {
		var input map[string]any
		if err := json.Unmarshal([]byte(one.arguments), &input); err != nil {
			return said, err
		}
		said.Content = append(said.Content, &types.ContentBlockMemberToolUse{Value: types.ToolUseBlock{
			ToolUseId: aws.String(one.id), Name: aws.String(one.name), Input: document.NewLazyDocument(input),
		}})
	}
	return said, nil
}

func gatherConverse(event types.ConverseStreamOutput, calls []*growingCall, notes *notes) []*growingCall {
	switch event := event.(type) {
	case *types.ConverseStreamOutputMemberContentBlockStart:
		if start, ok := event.Value.Start.(*types.ContentBlockStartMemberToolUse); ok {
			begun := growingCall{id: aws.ToString(start.Value.ToolUseId), name: aws.ToString(start.Value.Name)}
			calls = append(calls, &begun)
		}
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		switch delta := event.Value.Delta.(type) {
		case *types.ContentBlockDeltaMemberText:
			notes.addPiece(delta.Value)
		case *types.ContentBlockDeltaMemberToolUse:
			calls[len(calls)-1].arguments += aws.ToString(delta.Value.Input)
		}
	case *types.ConverseStreamOutputMemberMessageStop:
		notes.Finish = string(event.Value.StopReason)
	case *types.ConverseStreamOutputMemberMetadata:
		notes.OutputTokens = int64(aws.ToInt32(event.Value.Usage.OutputTokens))
	}
	return calls
}

func noteConverseCalls(notes *notes, said types.Message) (types.Message, error) {
	notes.CallFinish = notes.Finish
	results := types.Message{Role: types.ConversationRoleUser}
	for _, block := range said.Content {
		called, ok := block.(*types.ContentBlockMemberToolUse)
		if !ok {
			continue
		}
		input, err := called.Value.Input.MarshalSmithyDocument()
		if err != nil {
			return results, err
		}
		notes.addCall(aws.ToString(called.Value.Name), string(input))
		results.Content = append(results.Content, &types.ContentBlockMemberToolResult{Value: types.ToolResultBlock{
			ToolUseId: called.Value.ToolUseId,
			Content:   []types.ToolResultContentBlock{&types.ToolResultContentBlockMemberText{Value: toolResult}},
		}})
	}
	return results, nil
}
