import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { freePorts } from './free-ports.ts'
import { packageEntry } from './package-entry.ts'
import { startProcess } from './start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'prove-process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function script(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, text)
  return path
}

const ready = "process.send({ type: 'ready', listen: [{ name: 'a', url: process.env.URL_A }] })"

describe('startProcess', () => {
  it('waits for the ready message and knows where the process listens', async () => {
    const entry = script('good', `process.send({ type: 'other' }); ${ready}; setInterval(() => {}, 1000)`)
    const child = await startProcess({ name: 'good', entry, env: { URL_A: 'http://127.0.0.1:1' } })
    expect(child.listen.get('a')).toBe('http://127.0.0.1:1')
    await child.stop()
    expect(() => process.kill(child.pid, 0)).toThrow('ESRCH')
  })

  it('rejects with the last words of a process that ends', async () => {
    const entry = script('bad', "process.stderr.write('no such folder\\n'); process.exit(3)")
    await expect(startProcess({ name: 'bad', entry, env: {} })).rejects.toThrow(
      'bad ended with code 3: no such folder',
    )
  })

  it('can stop a process that has already gone', async () => {
    const entry = script('brief', `${ready}; setTimeout(() => process.exit(0), 1)`)
    const child = await startProcess({ name: 'brief', entry, env: { URL_A: '' } })
    await child.stop()
  })
})

describe('freePorts', () => {
  it('gives different ports', async () => {
    const ports = await freePorts(8)
    expect(new Set(ports).size).toBe(8)
    expect(ports.every((port) => port > 1023)).toBe(true)
  })
})

describe('packageEntry', () => {
  it('is the built main of the package, or undefined before a build', () => {
    const entry = packageEntry('edge')
    expect(entry === undefined || /layers.edge.dist.main\.js$/.test(entry)).toBe(true)
  })
})
