package main

import "encoding/json"

const (
	question = "What is the weather like?"
	// No vendor takes it; the sidecar has the right ones.
	key             = "a-placeholder"
	toolName        = "weather"
	toolDescription = "the weather of a city"
	toolResult      = "sunny with a light breeze"
	enoughTokens    = 1_000
)

func toolParameters() map[string]any {
	return map[string]any{
		"type":       "object",
		"properties": map[string]any{"city": map[string]any{"type": "string"}},
		"required":   []string{"city"},
	}
}

// The schema of a structured answer.
func personSchema() map[string]any {
	return map[string]any{
		"type": "object",
		"properties": map[string]any{
			"name": map[string]any{"type": "string"},
			"age":  map[string]any{"type": "integer"},
		},
		"required":             []string{"name", "age"},
		"additionalProperties": false,
	}
}

type scene struct {
	Act     string `json:"act"`
	Model   string `json:"model"`
	Retries string `json:"retries"`
}

// Its user has turned the client's own retries off.
func (s scene) asksOnce() bool { return s.Retries == "none" }

// What a user of the client saw.
type notes struct {
	// Of the (last) answer, as far as it came.
	Text         string `json:"text"`
	Finish       string `json:"finish,omitempty"`
	OutputTokens int64  `json:"outputTokens,omitempty"`
	// Pieces of text that a stream came in.
	Pieces     int         `json:"pieces,omitempty"`
	Calls      []call      `json:"calls,omitempty"`
	CallFinish string      `json:"callFinish,omitempty"`
	Vectors    [][]float64 `json:"vectors,omitempty"`
	Tokens     int64       `json:"tokens,omitempty"`
	Models     []string    `json:"models,omitempty"`
	Raised     *raised     `json:"raised,omitempty"`
}

type call struct {
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

type raised struct {
	Name    string `json:"name"`
	Status  int    `json:"status,omitempty"`
	Message string `json:"message"`
}

func (n *notes) addPiece(text string) {
	if text == "" {
		return
	}
	n.Text += text
	n.Pieces++
}

func (n *notes) addCall(name, arguments string) {
	n.Calls = append(n.Calls, call{Name: name, Input: json.RawMessage(arguments)})
}

// Arguments that a client hands over parsed.
func (n *notes) addParsedCall(name string, arguments any) {
	text, err := json.Marshal(arguments)
	if err != nil {
		panic(err)
	}
	n.addCall(name, string(text))
}
