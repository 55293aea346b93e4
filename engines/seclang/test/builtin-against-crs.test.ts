import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { benignValues } from './benign-values.ts'
import {
  builtinInspector,
  compareRules,
  crsInspector,
  grammarAttacks,
  grammarInnocents,
  type GrammarRequest,
  type Row,
  tableLine,
} from './builtin-comparison.ts'
import { carry, places } from './rule-traffic.ts'
import { hasSharedCrs } from './shared-data.ts'
import { sqliAttacks } from './sqli-attacks.ts'

const data = new URL('../testdata/', import.meta.url)

function linesOf(path: string): string[] {
  return readFileSync(new URL(path, data), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** Each value in one place, places in turn. */
function spread(values: readonly string[]): GrammarRequest[] {
  return values.map((text, i) => ({
    text,
    request: carry(text, places[i % places.length] ?? 'query', 'comment'),
  }))
}

function attackClasses(): Map<string, GrammarRequest[]> {
  const classes = readdirSync(new URL('attacks/', data)).map(
    (file) => [file.replace('.txt', ''), spread(linesOf(`attacks/${file}`))] as const,
  )
  return new Map([...classes, ['sql, generated', spread(sqliAttacks(17, 400))]])
}

function benignClasses(): Map<string, GrammarRequest[]> {
  const classes = new Map<string, GrammarRequest[]>()
  for (const { kind, text } of benignValues(17, 1_500)) {
    const list = classes.get(kind) ?? []
    classes.set(kind, list)
    list.push({ text, request: carry(text, places[list.length % 3] ?? 'query', 'comment') })
  }
  for (const file of readdirSync(new URL('innocent/', data)))
    classes.set(file.replace('.txt', ''), spread(linesOf(`innocent/${file}`)))
  return classes
}

function print(title: string, rows: readonly Row[]): void {
  process.stdout.write(`${title.padEnd(26)}  sent  built-in  CRS PL 1\n${rows.map(tableLine).join('')}`)
}

describe('built-in rules beside the Core Rule Set, both at their first level', () => {
  let attacks: Row[] = []
  let benign: Row[] = []

  beforeAll(() => {
    if (!hasSharedCrs) return
    const own = builtinInspector()
    const other = crsInspector()
    attacks = compareRules(new Map([...attackClasses(), ...grammarAttacks(29, 120)]), own, other)
    benign = compareRules(new Map([...benignClasses(), ...grammarInnocents(30, 120)]), own, other)
    print('attacks', attacks)
    print('innocent values', benign)
  }, 180_000)

  it.skipIf(!hasSharedCrs)(
    'refuse at least as many attacks of each class (needs the shared CRS data)',
    () => {
      expect(attacks.length).toBeGreaterThan(5)
      for (const { name, own, crs } of attacks) expect(own, name).toBeGreaterThanOrEqual(crs)
    },
  )

  it.skipIf(!hasSharedCrs)(
    'refuse 97 of 100 attacks drawn from the grammars (needs the shared CRS data)',
    () => {
      const total = (pick: (row: Row) => number): number => attacks.reduce((sum, row) => sum + pick(row), 0)
      expect(total((row) => row.own) / total((row) => row.count)).toBeGreaterThanOrEqual(0.97)
    },
  )

  it.skipIf(!hasSharedCrs)(
    'refuse at most a third as many innocent values (needs the shared CRS data)',
    () => {
      const total = (pick: (row: Row) => number): number => benign.reduce((sum, row) => sum + pick(row), 0)
      expect(total((row) => row.crs)).toBeGreaterThan(0)
      expect(total((row) => row.own) * 3).toBeLessThanOrEqual(total((row) => row.crs))
    },
  )
})
