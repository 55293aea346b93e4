// Every pattern of CRS and of the built-in rules on pumping strings made from the pattern itself: work has to grow in
// step with the size. Work is counted in automaton steps, which no other job on the machine disturbs.
// usage: npx tsx --conditions=@sevenfold/source bench/waf/pumps.ts [CRS rules folder]   (exit code 1 above the bound)
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileRegex } from '@sevenfold/regex'
import type { Regex } from '@sevenfold/regex'
import { builtinRules, noRuleFiles } from '@sevenfold/seclang'
import type { RuleFiles } from '@sevenfold/seclang'
import { sampleMatch, seededRandom } from '../../engines/regex/test/sample-match.ts'
import { parseRuleSet } from '../../engines/seclang/src/language/parse-rule-set.ts'
import { defaultLimits } from '../../engines/regex/src/limits.ts'
import { parsePattern } from '../../engines/regex/src/syntax/parse-pattern.ts'

const seed = 1
const sizes = [4096, 8192, 16_384] as const
/** Twice the bytes may cost at most so many times the work. */
const maxGrowth = 2.5
const maxStepsPerByte = 64

const here = dirname(fileURLToPath(import.meta.url))
const shared = process.env['SEVENFOLD_SHARED'] ?? resolve(here, '../../../shared')
const crs = process.argv[2] ?? join(shared, 'crs/rules')
const files: RuleFiles = {
  resolve: (path, from) => [resolve(dirname(from), path)],
  read: (path) => readFileSync(path, 'latin1'),
}

function patternsOf(texts: Parameters<typeof parseRuleSet>[0], from: RuleFiles): string[] {
  const rules = parseRuleSet(texts, from).items.flatMap((item) =>
    item.kind === 'rule' ? [item.rule, ...item.rule.links] : [],
  )
  return rules.flatMap(({ operator }) =>
    operator?.name.toLowerCase() === 'rx' && !operator.param.includes('%{') ? [operator.param] : [],
  )
}

const folders = existsSync(crs)
  ? readdirSync(crs)
      .filter((name) => name.endsWith('.conf'))
      .sort()
  : []
const crsTexts = folders.map((name) => ({
  file: join(crs, name),
  text: readFileSync(join(crs, name), 'latin1'),
}))
const patterns = [...new Set([...patternsOf(crsTexts, files), ...patternsOf(builtinRules, noRuleFiles)])]

/** Pieces that drive a pattern: single bytes of each kind, and beginnings, ends and wholes of texts that fit it. */
function piecesOf(pattern: string): readonly string[] {
  const flags = { ignoreCase: false, dotAll: true, multiline: true, ungreedy: false, extended: false }
  const syntax = { mode: 'bytes', dialect: 'pcre', dollar: 'end', limits: defaultLimits } as const
  const { node } = parsePattern(pattern, syntax, flags)
  const random = seededRandom(seed)
  const pieces = new Set(['\n', ' ', 'a', '1', '<', '(', "'", '"', '/', '\\', ';', '%', '&', '=', '.', '-'])
  for (let n = 0; n < 6; n++) {
    const sample = sampleMatch(node, random)
    for (const part of [sample, sample.slice(0, -1), sample.slice(1), sample.slice(0, 3), sample.slice(-3)])
      if (part !== '') pieces.add(part.slice(0, 200))
  }
  return [...pieces]
}

interface Growth {
  readonly pattern: string
  /** Piece that costs most at the largest size. */
  readonly piece: string
  readonly stepsPerByte: number
  readonly growth: number
}

/** Steps of one call for yes or no and one for captures, whichever is more. */
function stepsOf(regex: Regex, piece: string, size: number): number {
  // The last byte keeps most patterns from matching at once.
  const input = `${piece.repeat(Math.ceil(size / piece.length)).slice(0, size - 1)}\x02`
  regex.test(input)
  const tested = regex.lastSteps
  regex.exec(input)
  return Math.max(tested, regex.lastSteps)
}

/** The costliest piece at each size: one piece may match at one size and not at another. */
function measure(pattern: string): Growth {
  // The linear engine: where V8 takes over for captures, a proof bounds its paths and not its steps.
  const regex = compileRegex(pattern, { mode: 'bytes', dotAll: true, multiline: true, engine: 'linear' })
  const worst = sizes.map(() => 0)
  let costliest = ''
  for (const piece of piecesOf(pattern)) {
    for (const [at, size] of sizes.entries()) {
      const steps = stepsOf(regex, piece, size)
      if (steps <= (worst[at] ?? 0)) continue
      worst[at] = steps
      costliest = piece
    }
  }
  const [, middle = 0, large = 0] = worst
  return { pattern, piece: costliest, stepsPerByte: large / sizes[2], growth: large / Math.max(1, middle) }
}

const results = patterns.map(measure)
const bad = results.filter(({ growth, stepsPerByte }) => growth > maxGrowth || stepsPerByte > maxStepsPerByte)
const steepest = results.reduce((a, b) => (b.growth > a.growth ? b : a))
const heaviest = results.reduce((a, b) => (b.stepsPerByte > a.stepsPerByte ? b : a))
for (const { pattern, piece, growth, stepsPerByte } of bad.slice(0, 20))
  console.log(
    `  ${growth.toFixed(1)}x, ${stepsPerByte.toFixed(1)} steps a byte on ${JSON.stringify(piece.slice(0, 40))}: ${pattern.slice(0, 80)}`,
  )
console.log(
  `${patterns.length} patterns, seed ${seed}: twice the bytes cost at most ${Math.max(2, steepest.growth).toFixed(2)}x the steps (must ${maxGrowth}x), at most ${heaviest.stepsPerByte.toFixed(1)} steps a byte (must ${maxStepsPerByte})${bad.length > 0 ? `  MISSED by ${bad.length}` : ''}`,
)
process.exitCode = bad.length > 0 ? 1 : 0
