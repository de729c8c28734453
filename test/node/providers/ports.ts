export const ports = { openai: 9_001, anthropic: 9_002, control: 9_003 } as const
