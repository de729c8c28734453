module llm-fallback/test/pause

go 1.26.0
