import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'
import type { Printed } from './run-cli.ts'

interface Case extends Printed {
  readonly args: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

const calls = fileURLToPath(new URL('../testdata/calls/', import.meta.url))
const update = process.env['SEVENFOLD_UPDATE'] === '1'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sf-cli-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the built program', () => {
  for (const file of readdirSync(calls).filter((name) => name.endsWith('.json'))) {
    const path = `${calls}${file}`
    const { args, files, ...expected } = JSON.parse(readFileSync(path, 'utf8')) as Case
    it(`prints what ${file} says for: sevenfold ${args.join(' ').slice(0, 60)}`, async () => {
      for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(folder, name), text)
      const printed = await runCli(args, { cwd: folder })
      const plain = (text: string): string =>
        text
          .replaceAll(folder, 'FOLDER')
          .replaceAll(process.versions.node, 'NODE')
          .replaceAll(/^.*past its end of life.*\n/gm, '')
      const got = { stdout: plain(printed.stdout), stderr: plain(printed.stderr), code: printed.code }
      if (update)
        writeFileSync(
          path,
          `${JSON.stringify({ args, ...(files === undefined ? {} : { files }), ...got }, undefined, 2)}\n`,
        )
      else expect(got).toEqual(expected)
    })
  }
})
