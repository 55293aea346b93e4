import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const register = fileURLToPath(new URL('../dist/register.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sevenfold-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// V8 as of Node 24 does not find that search busy enough.
const nodeMajor = Number.parseInt(process.versions.node, 10)

const busy = `
  function busyOfTheApp() {
    let sum = 0
    for (let i = 0; i < 20_000_000; i += 1) sum += i % 7
    return sum
  }
  busyOfTheApp()
  setTimeout(() => process.exit())`
// Much for Node to look through before it is run.
const exported = Array.from({ length: 3_000 }, (_, i) => `exports.named${i} = { a: [${i}], b: "text" }`)

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Names of the functions that V8 optimises in a process, each as often as it does. */
function optimised(...options: readonly string[]): string[] {
  const { stdout, status } = spawnSync(process.execPath, ['--trace-opt', ...options], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, NODE_OPTIONS: '', SEVENFOLD_RUNTIME_MODE: 'enforce' },
  })
  expect(status).toBe(0)
  return Array.from(stdout.matchAll(/^\[compiling method .*?<JSFunction (\w+)/gmu), ([, name]) =>
    String(name),
  )
}

describe('the start of a process with --import', () => {
  const main = write('main.cjs', `${exported.join('\n')}${busy}`)

  it('does not have V8 optimise the search for names that nobody imports', () => {
    if (nodeMajor < 24) expect(optimised('--import', 'data:text/javascript,', main)).toContain('parseSource')
    expect(optimised('--import', register, main)).not.toContain('parseSource')
  })

  it('leaves the application optimised, whatever its main file is', () => {
    expect(optimised('--import', register, main)).toContain('busyOfTheApp')
    expect(optimised('-r', register, main)).toContain('busyOfTheApp')
    expect(optimised('--import', register, write('main.mjs', busy))).toContain('busyOfTheApp')
    expect(optimised('-r', register, write('again.mjs', busy))).toContain('busyOfTheApp')
    expect(optimised('--import', register, '--input-type=module', '-e', busy)).toContain('busyOfTheApp')
  })

  // As of Node 24 nobody needs to be told of promises.
  it.skipIf(nodeMajor >= 24)('leaves what is done for each promise to be optimised', () => {
    const promises = write(
      'promises.cjs',
      `const server = require('node:http').createServer(async (request, response) => {
        for (let i = 0; i < 200_000; i += 1) await undefined
        response.end()
      })
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        require('node:http').get({ port, agent: false }, (answer) => answer.resume().on('end', () => server.close()))
      })`,
    )
    expect(optimised('--import', register, promises)).toContain('before')
  })

  it('does not touch a limit that was chosen', () => {
    const chosen = '--max_optimized_bytecode_size=1'
    expect(optimised(chosen, '--import', register, main)).not.toContain('busyOfTheApp')
  })

  it('comes to an end with a main file that is not there', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', register, join(folder, 'none.cjs')], {
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('none.cjs')
  })
})
