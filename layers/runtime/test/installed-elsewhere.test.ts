import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const own = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sevenfold-elsewhere-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Parses a body that names a prototype with a parser that looks at prototypes itself, and prints what came of it.
const app = `
  const http = require('node:http')
  const { parse } = require('secure-json-parse')
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (data) => (body += data))
    request.on('end', () => {
      let said = ''
      try { said = JSON.stringify(parse(body).a) } catch (error) { said = error.name }
      response.end(said)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const headers = { 'content-type': 'application/json' }
    const request = http.request({ port: server.address().port, method: 'POST', headers }, (answer) => {
      answer.on('data', (data) => process.stdout.write(data))
      answer.on('end', () => process.exit())
    })
    request.end('{"a":"parsed","__proto__":{"x":1}}')
  })`

describe('an agent that was installed elsewhere than it was built', () => {
  it('does not take its own lines for those of the application', () => {
    const agent = join(folder, 'agent')
    cpSync(join(own, 'dist'), join(agent, 'dist'), { recursive: true })
    cpSync(join(own, 'package.json'), join(agent, 'package.json'))
    const parser = join(folder, 'node_modules', 'secure-json-parse')
    mkdirSync(parser, { recursive: true })
    writeFileSync(join(parser, 'index.js'), 'exports.parse = (text) => JSON.parse(text)')
    writeFileSync(join(folder, 'app.cjs'), app)
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', join(agent, 'dist/register.js'), join(folder, 'app.cjs')],
      { encoding: 'utf8', env: { ...process.env, SEVENFOLD_RUNTIME_MODE: 'enforce', NODE_OPTIONS: '' } },
    )
    expect(stdout).toBe('"parsed"')
  })
})
