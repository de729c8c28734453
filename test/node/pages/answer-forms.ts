// What stays the same in an answer when names, times and counts are others: columns, fields, headers, labels.

/** The forms that `shown` has and `said` has not; empty: `said` looks as it is shown. */
export function missingForms(shown: string, said: string): readonly string[] {
  if (said.trim() === '') return ['anything']
  const found = formsOf(said)
  return [...formsOf(shown)].filter(form => !found.has(form))
}

export function formsOf(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap(line => formOf(line.replace('\r', '')) ?? []))
}

type Recogniser = (line: string) => string | undefined

/** The first that knows a line tells its form. Rows of tables are known by none: their head tells all. */
const recognisers: readonly Recogniser[] = [
  logLine,
  jsonField,
  tabs,
  tableHead,
  metric,
  response,
  field,
  word,
]

function formOf(line: string): string | undefined {
  for (const recognise of recognisers) {
    const form = recognise(line)
    if (form !== undefined) return form
  }
  return undefined
}

function logLine(line: string): string | undefined {
  return /^(\[\S+\] )?\{"level":"\w+","time":".*"msg":".*\}$/.test(line) ? 'a line of a log' : undefined
}

function jsonField(line: string): string | undefined {
  const [, name] = /^\s+"(\w+)": /.exec(line) ?? []
  return name === undefined ? undefined : `the field ${name}`
}

function tabs(line: string): string | undefined {
  const count = line.split('\t').length
  return count > 1 ? `${count} columns between tabs` : undefined
}

function tableHead(line: string): string | undefined {
  const columns = line.trim().split(/ {2,}/)
  return columns.length > 1 && columns.every(column => /^[A-Z][A-Z -]*$/.test(column))
    ? `the columns ${columns.join(', ')}`
    : undefined
}

function metric(line: string): string | undefined {
  const [, name, labels = ''] = /^(\w+)\{(.*)\} \S+$/.exec(line) ?? []
  const names = [...labels.matchAll(/(\w+)="[^"]*"/g)].map(([, label]) => label)
  return name === undefined ? undefined : `the metric ${name} by ${names.join(', ')}`
}

function response(line: string): string | undefined {
  const [, status] = /^HTTP\/[\d.]+ (\d{3})\b/.exec(line) ?? []
  return status === undefined ? undefined : `the status ${status}`
}

/** `name: value` or `name=value`. */
function field(line: string): string | undefined {
  const [, name] = /^([\w/-]+(?:: |=))/.exec(line) ?? []
  return name?.trim()
}

function word(line: string): string | undefined {
  return /^[a-z]+$/.test(line) ? line : undefined
}
