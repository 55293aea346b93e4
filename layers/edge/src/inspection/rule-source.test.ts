import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Inspector } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeError } from '../edge-error.ts'
import { testWorker } from '../worker/self-test.ts'
import { buildInspection } from './build-inspection.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url))
const crs = join(shared, 'crs')
const hasCrs = existsSync(join(crs, 'rules'))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-rules-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function build(rules: readonly string[], paranoia = 1): Inspector {
  const built = buildInspection({ rules, paranoia, steps: 5_000_000, inspectedBodySizeBytes: 65_536 })
  if (built === null) throw new Error('no rules')
  return built.inspector
}

function verdictOf(inspector: Inspector, target: string): string {
  const inspection = inspector.open({
    clientAddress: '192.0.2.1',
    clientPort: 1,
    serverAddress: '192.0.2.2',
    serverPort: 80,
    tls: false,
    requestId: 'x',
    startedAtMs: 0,
  })
  const headers = ['Host', 'shop.test', 'User-Agent', 'test', 'Accept', '*/*']
  const head = inspection.requestHead({ kind: 'request', method: 'GET', target, version: '1.1', headers })
  const verdict = head.kind === 'more' || head.kind === 'pass' ? inspection.requestEnd() : head
  inspection.close()
  return verdict.kind
}

describe('rule sources', () => {
  it('are the files of a folder in the order of their names, with what they include', () => {
    mkdirSync(join(folder, 'more'))
    writeFileSync(join(folder, 'a.conf'), 'SecRuleEngine On\nInclude more/*.conf\n')
    writeFileSync(
      join(folder, 'more', 'x.conf'),
      'SecRule ARGS:q "@streq stop" "id:1,phase:1,deny,status:403"\n',
    )
    writeFileSync(join(folder, 'ignored.txt'), 'not rules')
    const inspector = build([folder])
    expect(verdictOf(inspector, '/?q=stop')).toBe('deny')
    expect(verdictOf(inspector, '/?q=go')).toBe('pass')
  })

  it('of a Core Rule Set go without rules that need what is not there, and say so; own rules do not', () => {
    const [rules, own] = [join(folder, 'crs', 'rules'), join(folder, 'own')]
    for (const path of [rules, own]) mkdirSync(path, { recursive: true })
    const lookup = 'SecRule REMOTE_ADDR "@rbl list.example" "id:910140,phase:1,deny"\n'
    writeFileSync(join(rules, 'REQUEST-901-INITIALIZATION.conf'), 'SecRuleEngine On\n')
    writeFileSync(join(rules, 'REQUEST-910-IP-REPUTATION.conf'), lookup)
    writeFileSync(join(own, 'own.conf'), lookup.replace('910140', '1'))
    const left: string[] = []
    const options = { paranoia: 1, steps: 5_000_000, inspectedBodySizeBytes: 65_536 }
    const onLeftOut = (message: string): void => void left.push(message)
    const built = buildInspection({ rules: [`crs:${join(folder, 'crs')}`], ...options, onLeftOut })
    expect(verdictOf(built?.inspector ?? build([]), '/')).toBe('pass')
    expect(left).toEqual([
      expect.stringMatching(/REQUEST-910.*:1: rule 910140 is left out: @rbl is not supported/),
    ])
    expect(() => build([own])).toThrow(/needs a DNS query/)
  })

  it('that are broken are refused as a whole, with the place of the fault', () => {
    writeFileSync(
      join(folder, 'a.conf'),
      'SecRuleEngine On\nSecRule ARGS "@nonsense x" "id:1,phase:1,deny"\n',
    )
    expect(() => build([folder])).toThrow(EdgeError)
    expect(() => build([folder])).toThrow(/a\.conf:2/)
  })

  it('that are missing are refused', () => {
    expect(() => build([join(folder, 'missing')])).toThrow(EdgeError)
  })

  it('may be none', () => {
    expect(buildInspection({ rules: [], paranoia: 1, steps: 1, inspectedBodySizeBytes: 1 })).toBeNull()
  })

  it('built in pass the self-test of a worker', async () => {
    expect(await testWorker(build(['builtin']))).toMatchObject({ ok: true })
  })

  it('that stop nothing, or everything, fail the self-test', async () => {
    writeFileSync(join(folder, 'a.conf'), 'SecRuleEngine On\n')
    expect(await testWorker(build([folder]))).toMatchObject({ ok: false, details: { attackStopped: false } })
    writeFileSync(join(folder, 'a.conf'), 'SecRuleEngine On\nSecAction "id:1,phase:1,deny,status:403"\n')
    expect(await testWorker(build([folder]))).toMatchObject({ ok: false, details: { innocentPassed: false } })
  })

  it.skipIf(!hasCrs)('can be a Core Rule Set (needs CRS data)', async () => {
    const inspector = build([`crs:${crs}`])
    expect(await testWorker(inspector)).toMatchObject({ ok: true })
    expect(verdictOf(inspector, '/?q=%3Cscript%3Ealert(1)%3C/script%3E')).toBe('deny')
  })

  it.skipIf(!hasCrs)('can be a Core Rule Set without its set-up file (needs CRS data)', async () => {
    expect(await testWorker(build([`crs:${join(crs, 'rules')}`]))).toMatchObject({ ok: true })
  })

  it.skipIf(!hasCrs)('can be the built-in set and a Core Rule Set together (needs CRS data)', async () => {
    expect(await testWorker(build(['builtin', `crs:${crs}`], 2))).toMatchObject({ ok: true })
  })
})
