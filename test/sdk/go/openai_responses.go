package main

import (
	"context"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
)

func openAiResponses(address string) script {
	open := openAiAt(address)
	asked := []responses.ResponseInputItemUnionParam{
		responses.ResponseInputItemParamOfMessage(question, responses.EasyInputMessageRoleUser),
	}
	perform := func(turn responsesTurn, conversation bool) act {
		return func(ctx context.Context, scene scene, notes *notes) error {
			client := open(scene)
			if !conversation {
				_, err := turn(ctx, &client, responsesParams(scene, asked, nil), notes)
				return err
			}
			first, err := turn(ctx, &client, responsesParams(scene, asked, responsesTools()), notes)
			if err != nil {
				return err
			}
			history := noteResponsesCalls(notes, asked, first)
			notes.Text, notes.Pieces = "", 0
			_, err = turn(ctx, &client, responsesParams(scene, history, responsesTools()), notes)
			return err
		}
	}
	return script{
		"ask":        perform(askResponses, false),
		"stream":     perform(streamResponses, false),
		"useTool":    perform(askResponses, true),
		"streamTool": perform(streamResponses, true),
	}
}

type responsesTurn func(
	ctx context.Context, client *openai.Client, params responses.ResponseNewParams, notes *notes,
) (*responses.Response, error)

func responsesParams(
	scene scene, items []responses.ResponseInputItemUnionParam, tools []responses.ToolUnionParam,
) responses.ResponseNewParams {
	return responses.ResponseNewParams{
		Model: scene.Model,
		Input: responses.ResponseNewParamsInputUnion{OfInputItemList: items},
		Tools: tools,
	}
}

func responsesTools() []responses.ToolUnionParam {
	tool := responses.ToolParamOfFunction(toolName, toolParameters(), false)
	tool.OfFunction.Description = openai.String(toolDescription)
	return []responses.ToolUnionParam{tool}
}

func noteResponse(notes *notes, answer *responses.Response) {
	notes.Finish = string(answer.Status)
	notes.OutputTokens = answer.Usage.OutputTokens
}

func askResponses(
	ctx context.Context, client *openai.Client, params responses.ResponseNewParams, notes *notes,
) (*responses.Response, error) {
	answer, err := client.Responses.New(ctx, params)
	if err != nil {
		return nil, err
	}
	notes.Text = answer.OutputText()
	noteResponse(notes, answer)
	return answer, nil
}

func streamResponses(
	ctx context.Context, client *openai.Client, params responses.ResponseNewParams, notes *notes,
) (*responses.Response, error) {
	stream := client.Responses.NewStreaming(ctx, params)
	defer stream.Close()
	var whole responses.Response
	for stream.Next() {
		switch event := stream.Current().AsAny().(type) {
		case responses.ResponseTextDeltaEvent:
			notes.addPiece(event.Delta)
		case responses.ResponseCompletedEvent:
			whole = event.Response
			noteResponse(notes, &whole)
		}
	}
	return &whole, stream.Err()
}

func noteResponsesCalls(
	notes *notes, asked []responses.ResponseInputItemUnionParam, answer *responses.Response,
) []responses.ResponseInputItemUnionParam {
	notes.CallFinish = string(answer.Status)
	history := append([]responses.ResponseInputItemUnionParam{}, asked...)
	for _, item := range answer.Output {
		if called, ok := item.AsAny().(responses.ResponseFunctionToolCall); ok {
			notes.addCall(called.Name, called.Arguments)
			param := called.ToParam()
			result := responses.ResponseInputItemParamOfFunctionCallOutput(toolResult)
			result.OfFunctionCallOutput.CallID = openai.String(called.CallID)
			history = append(history, responses.ResponseInputItemUnionParam{OfFunctionCall: &param}, result)
		}
	}
	return history
}
