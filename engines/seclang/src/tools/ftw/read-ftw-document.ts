import type { FtwInput, FtwOutput, FtwStage, FtwTest } from './ftw-test.ts'

type Document = Readonly<Record<string, unknown>>

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function child(value: unknown, ...names: readonly string[]): unknown {
  let current = value
  for (const name of names) current = isDocument(current) ? current[name] : undefined
  return current
}

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null
}

function isYes(value: unknown): boolean | null {
  const written = text(value)
  return written === null || written === '' ? null : /^(?:true|yes|on)$/i.test(written)
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

/**
 * Reads a CRS regression test file (go-ftw schema 2 or 3) that was parsed with every scalar kept as text.
 * `fallbackRule` names the rule when the document does not. A document without tests gives none.
 */
export function readFtwDocument(document: unknown, fallbackRule: string): FtwTest[] {
  const rule = text(child(document, 'rule_id')) ?? fallbackRule
  return items(child(document, 'tests')).map((test, index) => {
    const number = text(child(test, 'test_id')) ?? text(child(test, 'id')) ?? String(index + 1)
    return { id: `${rule}-${number}`, stages: items(child(test, 'stages')).map(readStage) }
  })
}

function readStage(stage: unknown): FtwStage {
  const inner = child(stage, 'stage') ?? stage
  return { input: readInput(child(inner, 'input')), output: readOutput(child(inner, 'output')) }
}

function readInput(input: unknown): FtwInput {
  const stops = isYes(child(input, 'stop_magic'))
  return {
    method: text(child(input, 'method')) ?? 'GET',
    uri: text(child(input, 'uri')) ?? '/',
    version: text(child(input, 'version')) ?? 'HTTP/1.1',
    headers: readHeaders(child(input, 'ordered_headers') ?? child(input, 'headers')),
    data: text(child(input, 'data')),
    encodedData: text(child(input, 'encoded_data')),
    encodedRequest: text(child(input, 'encoded_request')),
    autocompleteHeaders: isYes(child(input, 'autocomplete_headers')) ?? (stops === null ? true : !stops),
  }
}

function readHeaders(headers: unknown): [name: string, value: string][] {
  if (Array.isArray(headers)) {
    return headers.map((entry) => [text(child(entry, 'name')) ?? '', text(child(entry, 'value')) ?? ''])
  }
  if (!isDocument(headers)) return []
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, text(value) ?? ''])
  return pairs.sort(([left], [right]) => (left < right ? -1 : 1))
}

function readOutput(output: unknown): FtwOutput {
  const log = child(output, 'log')
  const status = text(child(output, 'status'))
  return {
    status: status === null || status === '' ? null : Number(status),
    expectError: isYes(child(output, 'expect_error')) === true,
    expectIds: items(child(log, 'expect_ids')).map((id) => text(id) ?? ''),
    noExpectIds: items(child(log, 'no_expect_ids')).map((id) => text(id) ?? ''),
    matchRegex: text(child(log, 'match_regex')) ?? text(child(output, 'log_contains')),
    noMatchRegex: text(child(log, 'no_match_regex')) ?? text(child(output, 'no_log_contains')),
    responseContains: text(child(output, 'response_contains')),
    isolated: isYes(child(output, 'isolated')) === true,
  }
}
