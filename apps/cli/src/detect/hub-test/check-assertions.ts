import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { compileExpr, createHelpers, eventType, GoTime } from '@sevenfold/behaviour'
import type { Environment, EventRecord, ExprType, FunctionTable } from '@sevenfold/behaviour'
import type { TestResults } from './run-parsers.ts'

/** Outcome of an assert file. */
export interface AssertOutcome {
  /** Assertions there are; 0 for a missing or empty file. */
  readonly count: number
  readonly failed: readonly string[]
}

const textType: ExprType = { kind: 'string' }
const functions: FunctionTable = new Map([
  [
    'basename',
    { parameters: [textType], result: textType, pure: true, call: (path: string) => basename(path) },
  ],
])
const nodeResult: ExprType = {
  kind: 'struct',
  name: 'ParserResult',
  fields: { Idx: { kind: 'int' }, Evt: eventType, Success: { kind: 'bool' } },
  methods: {},
}
const parserResults: ExprType = {
  kind: 'map',
  value: { kind: 'map', value: { kind: 'array', element: nodeResult } },
}
const overflowResults: ExprType = { kind: 'array', element: eventType }

const environments: Readonly<Record<'parsers' | 'overflows', Environment>> = {
  parsers: { variables: { results: parserResults }, functions },
  overflows: { variables: { results: overflowResults }, functions },
}

const helpers = createHelpers({ now: () => new GoTime(0) })

/** Older assertions compare whole paths, which differ from machine to machine. */
function withBasename(line: string): string {
  if (!line.includes('datasource_path') || line.includes('basename(')) return line
  const [left = '', right = ''] = line.split('==')
  return `basename(${left}) == ${right}`
}

// The hub's own runner looks for what differs on the left of ` == `.
const comparison = /[^ =]+ == ./u

/**
 * Whether an assertion that does not hold fails the test. As in the hub's own runner, one on overflows does so only when
 * it compares: overflows of several sources have no fixed order, and tests lean on that.
 */
function counts(kind: 'parsers' | 'overflows', line: string): boolean {
  return kind === 'parsers' || comparison.test(line)
}

function check(path: string, kind: 'parsers' | 'overflows', results: unknown): AssertOutcome {
  if (!existsSync(path)) return { count: 0, failed: [] }
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/u)
    .filter((line) => line !== '')
  const failed: string[] = []
  for (const line of lines) {
    try {
      const expression = compileExpr(withBasename(line), environments[kind], { helpers, backend: 'closures' })
      if (!expression.test([results]) && counts(kind, line)) failed.push(line)
    } catch (error) {
      failed.push(`${line}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { count: lines.length, failed }
}

/** Checks a `parser.assert`. */
export function checkParsers(path: string, results: TestResults): AssertOutcome {
  return check(path, 'parsers', results.parsers)
}

function orderKey(record: EventRecord): string {
  return `${record.Overflow?.Alert.Scenario ?? ''}${[...(record.Overflow?.Sources.keys() ?? [])].join('@')}`
}

/** Checks a `scenario.assert`: overflows are numbered by scenario and sources, the last in the alphabet first. */
export function checkScenarios(path: string, results: TestResults): AssertOutcome {
  const ordered = results.overflows
    .map((record) => ({ record, key: orderKey(record) }))
    .toSorted((a, b) => (a.key > b.key ? -1 : a.key < b.key ? 1 : 0))
    .map(({ record }) => record)
  return check(path, 'overflows', ordered)
}
