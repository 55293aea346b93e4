// Prints how many generated attacks and innocent requests the built-in rules and the Core Rule Set refuse:
//   npx tsx --conditions=@sevenfold/source engines/seclang/test/builtin-table.ts [seed] [count] [--list] [--own]
import {
  builtinInspector,
  compareRules,
  crsInspector,
  grammarAttacks,
  grammarInnocents,
  tableLine,
} from './builtin-comparison.ts'

const [seed = 29, count = 150] = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number)
const list = process.argv.includes('--list')
const own = builtinInspector()
const crs = process.argv.includes('--own') ? null : crsInspector()
for (const [title, classes, wrong] of [
  ['attacks', grammarAttacks(seed, count), 'missed'],
  ['innocent', grammarInnocents(seed + 1, count), 'hit'],
] as const) {
  process.stdout.write(`${title.padEnd(26)}  sent  built-in  CRS PL 1\n`)
  const rows = compareRules(classes, own, crs)
  const sum = (pick: 'count' | 'own' | 'crs'): number => rows.reduce((all, row) => all + row[pick], 0)
  for (const row of [
    ...rows,
    { name: 'all', count: sum('count'), own: sum('own'), crs: sum('crs'), missed: [], hit: [] },
  ]) {
    process.stdout.write(tableLine(row))
    if (list) for (const text of row[wrong]) process.stdout.write(`    ${JSON.stringify(text)}\n`)
  }
}
