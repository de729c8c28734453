// Plays scenes of the vendors' Go clients: one line of JSON in, one line of JSON out, until the input ends.
// The first argument names the client, the second is the sidecar's address.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// The script of one client: what it does for each act.
type script map[string]act

// An act writes down what a user of the client would see; the error that it returns is told as it is.
type act func(ctx context.Context, scene scene, notes *notes) error

var scripts = map[string]func(address string) script{
	"anthropic_messages": anthropicMessages,
	"anthropic_beta":     anthropicBeta,
	"anthropic_bedrock":  anthropicBedrock,
	"azure_chat":         azureChat,
	"bedrock_converse":   bedrockConverse,
	"bedrock_invoke":     bedrockInvoke,
	"cohere_chat":        cohereChat,
	"embeddings":         embeddings,
	"environment":        environment,
	"genai":              genaiContent,
	"go_openai":          goOpenAi,
	"openai_chat":        openAiChat,
	"openai_responses":   openAiResponses,
	"questions":          questions,
}

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(name, address string) error {
	open, known := scripts[name]
	if !known {
		return fmt.Errorf("no script %q", name)
	}
	acts := open(address)
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var scene scene
		if err := json.Unmarshal(lines.Bytes(), &scene); err != nil {
			return err
		}
		if err := answers.Encode(play(acts, scene)); err != nil {
			return err
		}
	}
	return lines.Err()
}

// What a client panics with is its user's trouble as well: it is told like an error.
func play(acts script, scene scene) (seen notes) {
	defer func() {
		if reason := recover(); reason != nil {
			seen.Raised = &raised{Name: "panic", Message: fmt.Sprint(reason)}
		}
	}()
	perform, known := acts[scene.Act]
	if !known {
		return notes{Raised: &raised{Name: "unknown act", Message: scene.Act}}
	}
	if err := perform(context.Background(), scene, &seen); err != nil {
		seen.Raised = describe(err)
	}
	return seen
}
