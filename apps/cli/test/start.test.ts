import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/program/commands.ts'
import { program } from './run-cli.ts'

const watch = fileURLToPath(new URL('../testdata/print-loaded.mjs', import.meta.url))

/** Files that a call of the built program loads. */
function loaded(...args: readonly string[]): readonly string[] {
  const { stderr } = spawnSync(process.execPath, ['--import', watch, program, ...args], { encoding: 'utf8' })
  return stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('loaded file://') ? [fileURLToPath(line.slice(7))] : []))
}

// Counted, not timed: what is not loaded costs nothing, on every machine.
describe('the start', () => {
  it('of --help loads the program itself and nothing else', () => {
    const files = loaded('--help')
    expect(files.length).toBeGreaterThan(3)
    expect(files.length).toBeLessThanOrEqual(9)
    expect(files.filter((file) => !file.includes('/apps/cli/'))).toEqual([])
  })

  for (const { name } of commands) {
    it(`of ${name} --help loads neither configuration nor layers nor any package of others`, () => {
      const files = loaded(...name.split(' '), '--help')
      expect(files.filter((file) => !/\/(?:apps\/cli|core\/event)\//.test(file))).toEqual([])
    })
  }
})
