import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { seededRandom, type Random } from './sample-match.ts'

/** A PCRE2 to ask: that of php, where it is installed. */
const hasPcre = spawnSync('php', ['-r', 'exit(preg_match("/a/", "a") === 1 ? 0 : 1);']).status === 0

const patternCount = Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 1500)
const seed = Number(process.env['SEVENFOLD_FUZZ_SEED'] ?? 20_261_121)

const tokens: readonly string[] = JSON.parse(
  readFileSync(new URL('testdata/pcre-tokens.json', import.meta.url), 'utf8'),
)
const inputs = [
  '',
  'a',
  'ab',
  'aab\n',
  'Ba0 b',
  'a\r\nb',
  'zZA\x01',
  '\x07-]a^',
  'aaa',
  '\xe9a b',
  'bab\nba',
  '\x85\xa0x',
  '{2}',
  '..',
]

function patternsOf(random: Random): readonly string[] {
  return Array.from({ length: patternCount }, () =>
    Array.from({ length: 1 + random(8) }, () => tokens[random(tokens.length)] ?? '').join(''),
  )
}

/** Start and end of each group; null: no match. */
type Spans = readonly (readonly [number, number])[] | null

// Groups behind the last one that took part are left out by PCRE; `D` and no other flag: `$` is the end of the input.
const program = `
$asked = json_decode(stream_get_contents(STDIN), true);
ini_set('pcre.jit', '0');
$answers = [];
foreach ($asked['patterns'] as $text) {
  $pattern = "\\x02" . base64_decode($text) . "\\x02D";
  $spans = [];
  foreach ($asked['inputs'] as $input) {
    $found = [];
    $count = @preg_match($pattern, base64_decode($input), $found, PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL);
    if ($count === false) { $spans = false; break; }
    $numbered = array_filter($found, 'is_int', ARRAY_FILTER_USE_KEY);
    $spans[] = $count === 0 ? null : array_map(
      fn($group) => $group[0] === null ? [-1, -1] : [$group[1], $group[1] + strlen($group[0])],
      array_values($numbered));
  }
  $answers[] = $spans;
}
echo json_encode($answers);
`

/** What PCRE2 finds of each pattern in each input; false where it refuses the pattern. */
function askPcre(patterns: readonly string[]): readonly (readonly Spans[] | false)[] {
  const encode = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
  const input = JSON.stringify({ patterns: patterns.map(encode), inputs: inputs.map(encode) })
  const { stdout, status, stderr } = spawnSync('php', ['-r', program], {
    input,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const answers: (readonly Spans[] | false)[] = JSON.parse(stdout)
  return answers
}

function ownSpans(pattern: string): readonly Spans[] | RegexError {
  try {
    const regex = compileRegex(pattern)
    return inputs.map((input) => {
      const captures = regex.exec(input)?.captures
      if (captures === undefined) return null
      return Array.from({ length: regex.groupCount }, (_, group): [number, number] => [
        captures[2 * group] ?? -1,
        captures[2 * group + 1] ?? -1,
      ])
    })
  } catch (error) {
    if (error instanceof RegexError) return error
    throw error
  }
}

function padded(spans: Spans, groups: number): Spans {
  return spans === null ? null : Array.from({ length: groups }, (_, group) => spans[group] ?? [-1, -1])
}

/**
 * What is taken here and refused there, by the releases since 10.38: conditions that are repeated, which means nothing,
 * and a hyphen behind a class of a bracket, which is itself.
 */
const takenHere =
  /(?:\^|\$|\\[bBAzZ])(?:\\E|\\Q\\E|\(\?#c\)|[\s#])*[*+?{]|\\[dDwWsShHvV]-|-\\[dDwWsShHvV]|:\]-|-\[:|-\\E/
/** What is refused here and taken there: a quantifier whose `?` or `+` stands behind an empty quotation or white space. */
const refusedHere = /[*+?}](?:\\E|\\Q\\E|\(\?#c\)|[\s#])+[*+?{]/

const mayPassEmpty = /\|\)|\(\||\|\||\([^)]*[*?]|\{0|\(\?<n>\||:\|/

describe(`random patterns, seed ${seed}`, { timeout: 300_000 }, () => {
  it.skipIf(!hasPcre)('mean what they mean to PCRE2, or are refused for a reason (needs php)', () => {
    const patterns = patternsOf(seededRandom(seed))
    const answers = askPcre(patterns)
    let compared = 0
    for (const [at, pattern] of patterns.entries()) {
      const [own, theirs] = [ownSpans(pattern), answers[at] ?? false]
      if (own instanceof RegexError) {
        // What is malformed is malformed there, too; what is irregular is told apart.
        if (own.code === 'REGEX_SYNTAX' && !refusedHere.test(pattern))
          expect({ pattern, message: own.message, theirs }).toMatchObject({ theirs: false })
        continue
      }
      if (theirs === false) {
        expect({ pattern, known: takenHere.test(pattern) }).toEqual({ pattern, known: true })
        continue
      }
      compared += 1
      for (const [number, spans] of own.entries()) {
        // What a group holds after a pass of its loop that took nothing is read in two ways.
        const groups = mayPassEmpty.test(pattern) ? 1 : (spans?.length ?? 1)
        const expected = padded(theirs[number] ?? null, groups)
        const found = padded(spans, groups)
        expect({ pattern, input: inputs[number], found }).toEqual({
          pattern,
          input: inputs[number],
          found: expected,
        })
      }
    }
    expect(compared).toBeGreaterThan(patternCount / 10)
  })
})
