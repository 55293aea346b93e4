import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { SigmaDocument, SigmaEvent, SigmaValue, LogSource } from '../src/index.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))

/** Folder with the public Sigma data; tests that need it are skipped by name without it. */
export const sigmaData: string = join(shared, 'sigma')
export const hasSigmaData: boolean = existsSync(join(sigmaData, 'README.md'))

function ruleFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return ruleFiles(path)
    return name.endsWith('.yml') ? [path] : []
  })
}

/** All rules of the public data. */
export function readRules(): SigmaDocument[] {
  return ruleFiles(join(sigmaData, 'rules-data')).map((source) => ({
    source,
    value: parse(readFileSync(source, 'utf8')) as SigmaValue, // the engine checks it
  }))
}

/** One event of the public data with the rules that it must match. */
export interface ExpectedEvent {
  readonly id: string
  readonly logsource: LogSource
  readonly event: SigmaEvent
  readonly matches: readonly string[]
}

function lines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

/** The events of one suite. */
export function readEvents(suite: 'regression' | 'synthetic'): ExpectedEvent[] {
  const expected = new Map(
    lines<{ id: string; matches: string[] }>(join(sigmaData, suite, 'expected.ndjson')).map((line) => [
      line.id,
      line.matches,
    ]),
  )
  return lines<Omit<ExpectedEvent, 'matches'>>(join(sigmaData, suite, 'events.ndjson')).map((event) => ({
    ...event,
    matches: expected.get(event.id) ?? [],
  }))
}
