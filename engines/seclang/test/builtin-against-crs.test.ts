import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Inspector } from '@sevenfold/event'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'
import { benignValues } from './benign-values.ts'
import { carry, inspect, isRefused, places, type SampleRequest } from './rule-traffic.ts'
import { diskFiles, hasSharedCrs, sharedCrs } from './shared-data.ts'
import { sqliAttacks } from './sqli-attacks.ts'

const data = new URL('../testdata/', import.meta.url)

const settings = `
SecRuleEngine On
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "@rx ^application/json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecAction "id:900990,phase:1,pass,nolog,setvar:tx.crs_setup_version=4280"
`

function crsInspector(): Inspector {
  const include = `Include ${join(sharedCrs, 'rules', '*.conf')}\n`
  const texts = [{ file: 'settings.conf', text: settings + include }]
  return createSeclangInspector(compileRuleSet(texts, { files: diskFiles }))
}

function linesOf(path: string): string[] {
  return readFileSync(new URL(path, data), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** Each value in one place, places in turn. */
function spread(values: readonly string[]): SampleRequest[] {
  return values.map((value, i) => carry(value, places[i % places.length] ?? 'query', 'comment'))
}

function attackClasses(): Map<string, SampleRequest[]> {
  const classes = readdirSync(new URL('attacks/', data)).map(
    (file) => [file.replace('.txt', ''), spread(linesOf(`attacks/${file}`))] as const,
  )
  return new Map([...classes, ['sql, generated', spread(sqliAttacks(17, 400))]])
}

function benignClasses(): Map<string, SampleRequest[]> {
  const classes = new Map<string, SampleRequest[]>()
  for (const { kind, text } of benignValues(17, 1_500)) {
    const list = classes.get(kind) ?? []
    classes.set(kind, list)
    list.push(carry(text, places[list.length % 3] ?? 'query', 'comment'))
  }
  for (const file of readdirSync(new URL('innocent/', data)))
    classes.set(file.replace('.txt', ''), spread(linesOf(`innocent/${file}`)))
  return classes
}

interface Row {
  readonly name: string
  readonly count: number
  readonly own: number
  readonly crs: number
}

function compare(
  classes: ReadonlyMap<string, readonly SampleRequest[]>,
  own: Inspector,
  other: Inspector,
): Row[] {
  return [...classes].map(([name, requests]) => {
    const refusedBy = (inspector: Inspector): number =>
      requests.filter((request) => isRefused(inspect(inspector, request))).length
    return { name, count: requests.length, own: refusedBy(own), crs: refusedBy(other) }
  })
}

function print(title: string, rows: readonly Row[]): void {
  const lines = rows.map(
    ({ name, count, own, crs }) =>
      `  ${name.padEnd(20)} ${count} requests, refused: built-in ${own}, CRS ${crs}`,
  )
  process.stdout.write(`${title}\n${lines.join('\n')}\n`)
}

describe('built-in rules beside the Core Rule Set, both at their first level', () => {
  let attacks: Row[] = []
  let benign: Row[] = []

  beforeAll(() => {
    if (!hasSharedCrs) return
    const own = createSeclangInspector(compileRuleSet(builtinRules, { files: noRuleFiles }))
    const other = crsInspector()
    attacks = compare(attackClasses(), own, other)
    benign = compare(benignClasses(), own, other)
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
    'refuse at most a third as many innocent values (needs the shared CRS data)',
    () => {
      const total = (pick: (row: Row) => number): number => benign.reduce((sum, row) => sum + pick(row), 0)
      expect(total((row) => row.crs)).toBeGreaterThan(0)
      expect(total((row) => row.own) * 3).toBeLessThanOrEqual(total((row) => row.crs))
    },
  )
})
