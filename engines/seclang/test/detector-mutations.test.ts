import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detectSQLi } from '../src/detectors/detect-sqli.ts'
import { detectXSS } from '../src/detectors/detect-xss.ts'
import { sharedCrs } from './shared-data.ts'

/** Seed of all random choices; a failing mutation is found again with it. */
const seed = 7
/** Share of the attacks that must still be found when they are written another way. */
const mustKeep = 0.995

const corpus = join(sharedCrs, 'libinjection', 'corpus')
const hasCorpus = existsSync(corpus)

type Random = (limit: number) => number

function random(): Random {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

type Mutation = (text: string, next: Random) => string

const pick = (list: readonly string[], next: Random): string => list[next(list.length)] ?? ''
const spacesAs =
  (space: string): Mutation =>
  (text) =>
    text.replaceAll(' ', space)

/** What neither a database nor a browser minds. */
const anyLanguage: Readonly<Record<string, Mutation>> = {
  'upper case': (text) => text.toUpperCase(),
  'mixed case': (text, next) =>
    Array.from(text, (letter) => (next(2) === 0 ? letter.toLowerCase() : letter.toUpperCase())).join(''),
  tabs: spacesAs('\t'),
  'line feeds': spacesAs('\n'),
}

const sql: Readonly<Record<string, Mutation>> = {
  ...anyLanguage,
  'lower case': (text) => text.toLowerCase(),
  'many spaces': spacesAs('   '),
  'comments for spaces': (text, next) => text.replaceAll(' ', () => (next(2) === 0 ? '/**/' : ' ')),
  'a space before': (text) => ` ${text}`,
  'a space behind': (text) => `${text} `,
  'other numbers': (text, next) =>
    text.replaceAll(/\d+/g, (digits) => String(Number(digits.slice(0, 6)) + 1 + next(900))),
  'other names': (text, next) =>
    text.replaceAll(/\b(?:users?|admin|members?|table\w*|password|username)\b/gi, () =>
      pick(['staff', 'klanten', 't_acc', 'cust0m', 'login_names'], next),
    ),
}

const xss: Readonly<Record<string, Mutation>> = {
  ...anyLanguage,
  'words before': (text) => `some text ${text}`,
  'words behind': (text) => `${text} and more`,
  'a slash for the first space': (text) => text.replaceAll(/<(\w+) /g, '<$1/'),
  'another function': (text, next) =>
    text.replaceAll(/alert\(/gi, () => pick(['prompt(', 'confirm(', 'print(', 'fetch('], next)),
}

/** Texts of a kind of corpus file, their URL encoding undone. */
function linesOf(kind: string): readonly string[] {
  return readdirSync(corpus)
    .filter((file) => file.startsWith(kind))
    .flatMap((file) => readFileSync(join(corpus, file), 'latin1').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line
        .trim()
        .replaceAll('+', ' ')
        .replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))),
    )
}

// A detector that knew the cases of a suite and not their meaning would lose them here.
describe.skipIf(!hasCorpus)('attacks written another way (needs the shared CRS data)', () => {
  const cases = [
    ...Object.entries(sql).map(([name, mutate]) => ['sqli', name, mutate] as const),
    ...Object.entries(xss).map(([name, mutate]) => ['xss', name, mutate] as const),
  ]
  it.each(cases)('are still found: %s, %s', (kind, name, mutate) => {
    const found = (text: string): boolean => (kind === 'sqli' ? detectSQLi(text) : detectXSS(text)) !== null
    const next = random()
    const changed = linesOf(kind)
      .filter(found)
      .map((text) => ({ text, other: mutate(text, next) }))
      .filter(({ text, other }) => text !== other)
    const lost = changed.filter(({ other }) => !found(other))
    const kept = 1 - lost.length / changed.length
    expect(kept, `seed ${seed}, ${name}: ${JSON.stringify(lost.slice(0, 3))}`).toBeGreaterThanOrEqual(
      mustKeep,
    )
  })

  it('innocent lookalikes stay innocent in other cases and with other spaces', () => {
    const next = random()
    for (const [name, mutate] of Object.entries(anyLanguage)) {
      const texts = linesOf('false').map((text) => mutate(text, next))
      const flagged = texts.filter((text) => detectSQLi(text) !== null)
      expect(flagged.length / texts.length, name).toBeLessThanOrEqual(0.06)
    }
  })
})
