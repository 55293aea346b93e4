import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/program/commands.ts'
import { cliMarkdown } from './cli-docs.ts'

describe('commands', () => {
  it('are described in docs/cli.md as the program describes them (SEVENFOLD_UPDATE=1 writes it anew)', async () => {
    const file = new URL('../../../docs/cli.md', import.meta.url)
    const text = await cliMarkdown()
    if (process.env['SEVENFOLD_UPDATE'] === '1') writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  for (const { name, summary, load } of commands) {
    it(`${name} has the name and the summary of its listing, and an example of itself`, async () => {
      const command = await load()
      expect(command).toMatchObject({ name, summary })
      expect(command.examples.length).toBeGreaterThan(0)
      for (const example of command.examples) expect(example).toMatch(new RegExp(`^sevenfold ${name}( |$)`))
    })
  }
})
