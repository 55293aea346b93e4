import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readOptions } from '../src/command/options.ts'
import { proveHelp } from '../src/index.ts'

const text = readFileSync(fileURLToPath(new URL('../../../docs/prove.md', import.meta.url)), 'utf8')

/** Command lines of code blocks, continued lines joined, without comments, redirections and what stands before. */
const commands = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.replaceAll(/\n\s+(?=--)/g, ' ').split('\n'))
  .flatMap((line) => /sevenfold prove\b([^#>]*)/.exec(line)?.[1]?.trim() ?? [])

/** The files that the commands name. */
const folder = mkdtempSync(join(tmpdir(), 'prove-docs-'))
for (const name of ['token.txt', 'compose.yaml']) writeFileSync(join(folder, name), 'a'.repeat(40))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function wordsOf(args: string): readonly string[] {
  const words = args === '' ? [] : args.split(/\s+/)
  return words.map((word) => (['token.txt', 'compose.yaml'].includes(word) ? join(folder, word) : word))
}

describe('docs/prove.md', () => {
  it.each(commands.map((args) => [args]))(
    'shows a command that is understood: sevenfold prove %s',
    (args) => {
      expect(() => readOptions(wordsOf(args))).not.toThrow()
    },
  )

  it('names every option of the help', () => {
    const named = new Set([...proveHelp.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1] ?? ''))
    expect(named.size).toBeGreaterThan(10)
    expect([...named].filter((option) => !text.includes(option))).toEqual([])
  })
})
