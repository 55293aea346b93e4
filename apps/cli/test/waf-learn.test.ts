import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { benchCorpus } from '../src/waf/bench-corpus.ts'
import { call } from './call.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-learn-'))
  writeFileSync(
    join(folder, 'rules.conf'),
    `SecRuleEngine On
SecRule ARGS "@contains bad" "id:1,phase:2,deny,status:403"
SecRule ARGS "@contains never" "id:2,phase:2,deny,status:403"
SecRule ARGS "@contains ba" "id:3,phase:2,pass,nolog"
`,
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const file = (name: string, ...values: unknown[]): void => writeFileSync(join(folder, name), lines(...values))
const get = (id: string, uri: string, more: object = {}): unknown => ({
  id,
  method: 'GET',
  uri,
  headers: {},
  ...more,
})
const learn = (...args: string[]) => call(['waf', 'learn', ...args, '--rules', 'rules.conf'], folder)

describe('waf learn', () => {
  it('prints exclusions that can be used as they stand, with their price', async () => {
    file('benign', get('1', '/a?q=bad'), get('2', '/a?q=bad2'), get('3', '/b?q=ok'))
    file('attacks', get('x', '/a?q=bad'), get('y', '/a?p=bad'))
    expect(await learn('benign', '--attacks', 'attacks')).toEqual({
      stdout:
        '# for 2 requests; LETS THROUGH x\nSecRule REQUEST_FILENAME "@streq /a" "id:10000000,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=1;ARGS:q"\n',
      stderr:
        '3 benign requests, 2 blocked; with 1 exclusions 0\n2 attacks, 2 blocked; with all exclusions 1\n',
      code: 1,
    })
    const { stdout } = await learn('benign')
    writeFileSync(join(folder, 'exclusions.conf'), stdout)
    const judged = await call(
      ['waf', 'eval', '--rules', 'exclusions.conf', '--rules', 'rules.conf'],
      folder,
      lines(get('1', '/a?q=bad'), get('y', '/a?p=bad')),
    )
    expect(judged.stderr).toBe('1 passed, 1 blocked, 0 unreadable\n')
  })

  it('takes the word of a line that says what it is', async () => {
    file('mixed', get('1', '/a?q=bad', { benign: true }), get('2', '/b?q=bad', { label: 'attack' }))
    const { stdout, code } = await learn('mixed', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ benign: 1, attacks: 1, blocked: 1, letsThrough: [] })
    expect(code).toBe(0)
  })

  it('says which request of a file cannot be read, and which file is not there', async () => {
    writeFileSync(join(folder, 'broken'), '{"id":1,"uri":"/"}\n{\n')
    expect(await learn('broken')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('broken, request 2'),
    })
    expect(await learn('none')).toMatchObject({ code: 2, stderr: expect.stringContaining('no file none') })
  })
})

describe('waf coverage', () => {
  const coverage = (...args: string[]) =>
    call(
      ['waf', 'coverage', '--rules', 'rules.conf', ...args],
      folder,
      lines(get('1', '/?q=bad'), get('2', '/?q=x')),
    )

  it('counts requests for each logged rule, and names those that never fired', async () => {
    expect(await coverage()).toEqual({
      stdout: 'RULE  REQUESTS  PLACE\n1     1         rules.conf:2\n2     0         rules.conf:3\n',
      stderr: '2 requests: 1 of 2 rules fired, 1 never\n',
      code: 1,
    })
    expect((await coverage('--never')).stdout).toBe('RULE  REQUESTS  PLACE\n2     0         rules.conf:3\n')
  })

  it('counts all rules when asked to', async () => {
    const { stdout } = await coverage('--all', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      requests: 2,
      rules: [
        { ruleId: 1, requests: 1 },
        { ruleId: 2, requests: 0 },
        { ruleId: 3, requests: 1, log: false },
      ],
    })
  })
})

describe('waf bench', () => {
  it('measures a file, and says how many requests are blocked', async () => {
    file('requests', get('1', '/?q=bad'), get('2', '/?q=x'))
    const { stdout, code } = await call(
      ['waf', 'bench', 'requests', '--rules', 'rules.conf', '--seconds', '1', '--json'],
      folder,
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      classes: [{ class: 'file', requests: 2, blocked: 1 }],
    })
  })

  it('refuses seconds out of range and an empty file', async () => {
    file('empty')
    for (const args of [['--seconds', '0'], ['--seconds', '601'], ['--seed', 'x'], ['empty']])
      expect((await call(['waf', 'bench', ...args], folder)).code).toBe(2)
  })

  it('has a corpus that is the same for a seed and holds no string twice', () => {
    const uris = (seed: number): string[] =>
      benchCorpus(seed, 50).flatMap(({ requests }) => requests.map(({ uri, body = '' }) => `${uri} ${body}`))
    expect(uris(7)).toEqual(uris(7))
    expect(uris(7)).not.toEqual(uris(8))
    expect(new Set(uris(7)).size).toBe(250)
  })
})
