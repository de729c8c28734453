// Asks as an app with an OpenAI SDK does, until the sidecar of this pod answers from the policy of this namespace.
const base = process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:8787/v1'
const expected = 'Answered by the chain of helm test.'
const seconds = Number(process.argv[2])
const givesUpAt = Date.now() + seconds * 1000

async function ask() {
  const answer = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify({ model: 'any-model', messages: [{ role: 'user', content: 'Is anybody there?' }] }),
    signal: AbortSignal.timeout(5_000),
  })
  const text = await answer.text()
  if (answer.status !== 200) return `status ${answer.status}: ${text.slice(0, 300)}`
  const said = JSON.parse(text).choices?.[0]?.message?.content
  if (said !== expected) return 'an answer that is not of this policy'
  const served = answer.headers.get('x-llm-fallback-served')
  if (!served) return 'an answer without the header x-llm-fallback-served'
  console.log(`The sidecar answered: ${served}, policy ${answer.headers.get('x-llm-fallback-policy')}.`)
  return undefined
}

for (;;) {
  const fault = await ask().catch(error => `${error.message} (${error.cause?.code ?? error.name})`)
  if (fault === undefined) break
  if (Date.now() > givesUpAt) {
    console.error(`No good answer from ${base} within ${seconds} s; the last one: ${fault}.`)
    console.error(
      'Is the pod injected? kubectl get pod ask -o yaml shows the annotation llmfallback.io/injection.',
    )
    process.exit(1)
  }
  await new Promise(resolve => setTimeout(resolve, 500))
}
