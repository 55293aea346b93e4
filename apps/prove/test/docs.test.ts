import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../src/command/options.ts'
import { proveHelp } from '../src/index.ts'

const text = readFileSync(fileURLToPath(new URL('../../../docs/prove.md', import.meta.url)), 'utf8')

/** Command lines of code blocks, continued lines joined, without comments, redirections and what stands before. */
const commands = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.replaceAll(/\n\s+(?=--)/g, ' ').split('\n'))
  .flatMap((line) => /sevenfold prove\b([^#>]*)/.exec(line)?.[1]?.trim() ?? [])

describe('docs/prove.md', () => {
  it.each(commands.map((args) => [args]))(
    'shows a command that is understood: sevenfold prove %s',
    (args) => {
      expect(() => readOptions(args === '' ? [] : args.split(/\s+/))).not.toThrow()
    },
  )

  it('names every option of the help', () => {
    const named = new Set([...proveHelp.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1] ?? ''))
    expect(named.size).toBeGreaterThan(10)
    expect([...named].filter((option) => !text.includes(option))).toEqual([])
  })
})
