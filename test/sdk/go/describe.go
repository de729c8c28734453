package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/cohere-ai/cohere-go/v2/core"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/ssestream"
	sashabaranov "github.com/sashabaranov/go-openai"
	"google.golang.org/genai"
)

// An error as its user would look at it: by the type that the client documents, and the status that it keeps.
func describe(err error) *raised {
	said := func(name string, status int) *raised {
		return &raised{Name: strings.TrimSpace(name), Status: status, Message: err.Error()}
	}
	if target, ok := errors.AsType[*openai.Error](err); ok {
		return said("openai.Error", target.StatusCode)
	}
	if _, ok := errors.AsType[*ssestream.StreamError](err); ok {
		return said("ssestream.StreamError", 0)
	}
	if target, ok := errors.AsType[*anthropic.Error](err); ok {
		return said("anthropic.Error "+string(target.Type()), target.StatusCode)
	}
	if target, ok := errors.AsType[genai.APIError](err); ok {
		return said("genai.APIError "+target.Status, target.Code)
	}
	if target, ok := errors.AsType[*sashabaranov.APIError](err); ok {
		return said("openai.APIError", target.HTTPStatusCode)
	}
	if target, ok := errors.AsType[*sashabaranov.RequestError](err); ok {
		return said("openai.RequestError", target.HTTPStatusCode)
	}
	if target, ok := errors.AsType[smithy.APIError](err); ok {
		return said(typeName(target), statusOfResponse(err))
	}
	if target, ok := errors.AsType[*core.APIError](err); ok {
		return said(typeName(err), target.StatusCode)
	}
	return said(typeName(err), 0)
}

func statusOfResponse(err error) int {
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

func typeName(value any) string { return strings.TrimPrefix(fmt.Sprintf("%T", value), "*") }
