import { describe, expect, it } from 'vitest'
import { startRecordingServer } from '@sevenfold/testkit'
import { readWord } from '../src/watch/run-watch.ts'
import { runCli } from './run-cli.ts'

const word = (size: number): string =>
  JSON.stringify({ ok: true, time: new Date().toISOString(), size, root: `root-${size}` })

describe('sevenfold watch', () => {
  it('says that all is well, and then that the ledger went back, and tells another', async () => {
    const alarms = await startRecordingServer()
    const house = await startRecordingServer({ answer: (_, index) => ({ body: word(index < 2 ? 9 : 4) }) })
    try {
      const args = [
        'watch',
        `${house.url}/healthz`,
        '--every',
        '50ms',
        '--once',
        '--json',
        '--alarm',
        `${alarms.url}/hook`,
      ]
      const { stdout, code } = await runCli(args, { cwd: '.' })
      const kinds = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { kind: string }).kind)
      expect(kinds).toEqual(['well', 'rollback'])
      expect(code).toBe(1)
      await alarms.received(2)
      expect(Buffer.from(alarms.requests[1]?.body ?? []).toString()).toContain('rollback')
    } finally {
      await house.close()
      await alarms.close()
    }
  })
  it('alarms when nobody answers', async () => {
    const house = await startRecordingServer({ answer: () => ({ status: 503 }) })
    try {
      const { stdout, code } = await runCli(
        ['watch', house.url, '--every', '50ms', '--after', '200ms', '--once'],
        { cwd: '.' },
      )
      expect(stdout).toMatch(/silent .*no good word/)
      expect(code).toBe(1)
    } finally {
      await house.close()
    }
  })
  it('wants one way to hear of the house', async () => {
    expect((await runCli(['watch'], { cwd: '.' })).code).toBe(2)
    expect((await runCli(['watch', 'http://a', '--listen', '127.0.0.1:1'], { cwd: '.' })).code).toBe(2)
  })
  for (const text of [
    '',
    'x',
    '[]',
    '{}',
    '{"ok":1,"time":"2026-01-01T00:00:00Z","size":1}',
    '{"ok":true,"time":"soon","size":1}',
  ])
    it(`takes ${JSON.stringify(text)} for no word`, () => expect(readWord(text)).toBeUndefined())
})
