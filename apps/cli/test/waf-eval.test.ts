import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inputLines, maxInputLineBytes } from '../src/waf/input-lines.ts'
import { call } from './call.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const browser = { Host: 'shop.example.org', 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', Accept: '*/*' }

interface Answer {
  readonly id: unknown
  readonly verdict?: string
  readonly status?: number
  readonly rules?: readonly string[]
  readonly micros?: number
  readonly error?: string
}

async function judge(
  lines: readonly unknown[],
  ...args: string[]
): Promise<{ answers: Answer[]; stderr: string; code: number | null }> {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  const { stdout, stderr, code } = await call(['waf', 'eval', ...args], folder, input)
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer)
  return { answers, stderr, code }
}

describe('waf eval', () => {
  it('answers each line in order, with verdict, status, score, rules and time', async () => {
    const { answers, stderr, code } = await judge([
      { id: 1, method: 'GET', uri: '/search?q=tent', headers: browser },
      {
        id: 'two',
        method: 'GET',
        uri: '/search?q=%27%20UNION%20SELECT%20password%20FROM%20users--',
        headers: browser,
      },
      {
        id: null,
        method: 'POST',
        uri: '/',
        headers: [...Object.entries(browser), ['Content-Type', 'application/json']],
        body: '{"a":"<script>alert(1)</script>"}',
      },
    ])
    expect(code).toBe(0)
    expect(answers.map(({ id, verdict, status }) => [id, verdict, status])).toEqual([
      [1, 'pass', 200],
      ['two', 'block', 403],
      [null, 'block', 403],
    ])
    expect(answers[1]?.rules?.length).toBeGreaterThan(0)
    expect(answers.every(({ micros }) => Number.isSafeInteger(micros))).toBe(true)
    expect(stderr).toBe('1 passed, 2 blocked, 0 unreadable\n')
  })

  it('reads rules from folders and files, and set-up before them', async () => {
    const rules = join(folder, 'own')
    mkdirSync(rules)
    writeFileSync(
      join(rules, 'b.conf'),
      'SecRule ARGS:a "@streq %{tx.word}" "id:2,phase:2,deny,status:418,log"\n',
    )
    writeFileSync(join(rules, 'notes.txt'), 'not a rule')
    writeFileSync(join(folder, 'setup.conf'), 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.word=tea"\n')
    const { answers } = await judge(
      [
        { id: 1, method: 'GET', uri: '/?a=tea', headers: {} },
        { id: 2, method: 'GET', uri: '/?a=pot', headers: {} },
      ],
      '--rules',
      'own',
      '--setup',
      'setup.conf',
    )
    expect(answers).toMatchObject([
      { verdict: 'block', status: 418, rules: ['2'] },
      { verdict: 'pass', status: 200, rules: [] },
    ])
  })

  it('judges answers, bodies in base64 and bytes that are no text', async () => {
    writeFileSync(
      join(folder, 'a.conf'),
      'SecRule REQUEST_BODY "@contains secret" "id:1,phase:2,deny,log"\nSecRule RESPONSE_BODY "@contains leak" "id:2,phase:4,deny,status:502,log"\n',
    )
    const head = {
      method: 'POST',
      uri: '/',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    }
    const { answers } = await judge(
      [
        { id: 1, ...head, bodyBase64: Buffer.from('a=secret').toString('base64') },
        {
          id: 2,
          ...head,
          body: 'a=b',
          response: { status: 200, headers: { 'Content-Type': 'text/html' }, body: 'a leak' },
        },
        { id: 3, ...head, bodyBase64: Buffer.from([0xff, 0x00, 0x80]).toString('base64') },
      ],
      'a.conf',
    )
    expect(answers.map(({ verdict, status }) => [verdict, status])).toEqual([
      ['block', 403],
      ['block', 502],
      ['pass', 200],
    ])
  })

  it('answers what it cannot read with an error, goes on, and ends with 1', async () => {
    const { answers, code, stderr } = await judge([
      '{',
      '[]',
      { id: 7, uri: 5 },
      { id: 8, uri: '/', headers: { a: 1 } },
      { id: 9, uri: '/', headers: browser },
    ])
    expect(code).toBe(1)
    expect(answers.map(({ id, error, verdict }) => [id, typeof error, verdict])).toEqual([
      [null, 'string', undefined],
      [null, 'string', undefined],
      [7, 'string', undefined],
      [8, 'string', undefined],
      [9, 'undefined', 'pass'],
    ])
    expect(stderr).toContain('4 unreadable')
  })

  it('tells all faults of the rules with their places', async () => {
    writeFileSync(join(folder, 'bad.conf'), 'SecRull ARGS "x" "id:1"\nSecRuul ARGS "x" "id:2"\n')
    const { stderr, code } = await judge([], '--rules', 'bad.conf')
    expect(code).toBe(3)
    expect(stderr).toContain(join(folder, 'bad.conf'))
    expect(stderr).toMatch(/bad\.conf:1:/)
    expect(stderr).toMatch(/bad\.conf:2:/)
  })

  it('refuses folders without rules and a paranoia that does not exist', async () => {
    expect(await judge([], '--rules', 'none')).toMatchObject({ code: 2 })
    expect(await judge([], '--rules', '.')).toMatchObject({ code: 2 })
    expect(await judge([], '--paranoia', '5')).toMatchObject({ code: 2 })
  })
})

describe('inputLines', () => {
  async function read(chunks: readonly Uint8Array[]): Promise<string[]> {
    const lines: string[] = []
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* chunks
    }
    for await (const line of inputLines(source())) lines.push(line)
    return lines
  }

  it('gives the same lines however the bytes are cut', async () => {
    const bytes = Buffer.from('one\n\ntwo é 💥\r\nthree')
    const whole = await read([bytes])
    expect(whole).toEqual(['one', 'two é 💥', 'three'])
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
    }
  })

  it('refuses a line over the limit and takes one of exactly its length', async () => {
    const chunk = Buffer.alloc(maxInputLineBytes / 4, 'x')
    expect(await read([chunk, chunk, chunk, chunk])).toHaveLength(1)
    await expect(read([chunk, chunk, chunk, chunk, Buffer.from('x')])).rejects.toThrow('longer')
  })
})
