import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

interface Line {
  readonly name: string
  readonly place: string
  readonly source?: { readonly kind: string; readonly name: string }
}

const entry = fileURLToPath(new URL('../dist/iast.js', import.meta.url))

describe.skipIf(!isBuilt)('a traced application (needs a build)', () => {
  let folder = ''
  let app: App
  const log = (): string => join(folder, 'log')
  const sarif = (): string => join(folder, 'report.sarif')

  const found = async (path: string, body: string = ''): Promise<readonly Line[]> => {
    const before = existsSync(log()) ? readFileSync(log(), 'utf8').length : 0
    const answer = await app.ask(
      path,
      body === '' ? {} : { body, headers: { 'content-type': 'application/json' } },
    )
    expect(answer.status).toBe(200)
    const text = existsSync(log()) ? readFileSync(log(), 'utf8').slice(before) : ''
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ name }) => name !== 'insecure-cookie')
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sevenfold-iast-'))
    app = await startApp({
      entry: 'flows.cjs',
      args: ['--import', entry],
      env: { SEVENFOLD_IAST_REPORT: sarif(), SEVENFOLD_IAST_LOG: log() },
    })
  })

  afterAll(async () => {
    await app.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(['plus', 'template', 'append', 'split', 'join', 'group', 'named', 'upper'])(
    'follows an ordinary value through %s',
    async (route) => {
      const [line] = await found(`/${route}?q=tent-one`)
      expect(line).toMatchObject({ name: 'command-injection', source: { kind: 'query', name: 'q' } })
      expect(line?.place).toMatch(/flows\.cjs:\d+:\d+$/)
    },
  )

  it.each([
    ['decode', 'tent%252Done', ''],
    ['base64', Buffer.from('tent-one').toString('base64'), ''],
    ['json', '', '{"deep":{"name":"tent-one"}}'],
    ['nested', '', '{"text":"{\\"name\\":\\"tent-one\\"}"}'],
  ])('follows what was encoded: %s', async (route, q, body) => {
    const lines = await found(`/${route}?q=${encodeURIComponent(q)}`, body)
    expect(lines.map(({ name }) => name)).toEqual(['command-injection'])
  })

  it('names a file that an input names', async () => {
    expect((await found('/file?q=a.txt')).map(({ name }) => name)).toEqual(['path-traversal'])
  })

  it.each(['quoted', 'listed', 'base', 'number', 'argument'])(
    'leaves what was made safe alone: %s',
    async (route) => {
      expect(await found(`/${route}?q=tent-one`)).toEqual([])
    },
  )

  it('names weak hashes, and writes a report with the way of each input', async () => {
    expect((await found('/hash')).map(({ name }) => name)).toEqual(['weak-hash'])
    const deadline = Date.now() + 10_000
    const read = (): string => (existsSync(sarif()) ? readFileSync(sarif(), 'utf8') : '')
    while (!read().includes('weak-hash') && Date.now() < deadline)
      await new Promise((done) => setTimeout(done, 20))
    const report = JSON.parse(read()) as {
      version: string
      runs: {
        results: {
          ruleId: string
          codeFlows?: { threadFlows: { locations: { location: { message: { text: string } } }[] }[] }[]
        }[]
      }[]
    }
    const results = report.runs[0]?.results ?? []
    expect(report.version).toBe('2.1.0')
    expect(new Set(results.map(({ ruleId }) => ruleId))).toEqual(
      new Set(['command-injection', 'path-traversal', 'weak-hash', 'insecure-cookie', 'hard-coded-secret']),
    )
    const ways = results.flatMap(({ codeFlows = [] }) =>
      codeFlows.map(({ threadFlows: [flow] }) =>
        flow?.locations.map(({ location }) => location.message.text),
      ),
    )
    expect(ways).toContainEqual(['input: query "q"', 'split', 'concatenation', 'sink: child_process.exec'])
  })

  it('follows inputs through ECMAScript modules', async () => {
    const other = join(folder, 'module-log')
    const modules = await startApp({
      entry: 'flows.mjs',
      args: ['--import', entry],
      env: { SEVENFOLD_IAST_REPORT: join(folder, 'module.sarif'), SEVENFOLD_IAST_LOG: other },
    })
    try {
      expect((await modules.send('', 'tent')).text).toBe('tent\n')
      expect(readFileSync(other, 'utf8')).toContain('"name":"command-injection"')
    } finally {
      await modules.stop()
    }
  })
})
