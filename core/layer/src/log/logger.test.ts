import { createFakeClock } from '@sevenfold/testkit'
import { describe, expect, it } from 'vitest'
import { createLogger, maxLogLinesPerMinute } from './logger.ts'
import type { LogLevel } from './logger.ts'

function open(level?: LogLevel): {
  lines: string[]
  clock: ReturnType<typeof createFakeClock>
  log: ReturnType<typeof createLogger>
} {
  const lines: string[] = []
  const clock = createFakeClock(0)
  const log = createLogger({
    agent: 'edge/w0',
    clock,
    write: (line) => void lines.push(line),
    ...(level === undefined ? {} : { level }),
  })
  return { lines, clock, log }
}

function fieldsOf(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? '{}') as Record<string, unknown>
}

describe('the logger', () => {
  it('writes one JSON object a line with time, level, agent and event', () => {
    const { lines, log } = open()
    log.warn('something', { count: 1, list: ['a'], on: true, none: null })
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(fieldsOf(lines[0])).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'warn',
      agent: 'edge/w0',
      event: 'something',
      count: 1,
      list: ['a'],
      on: true,
      none: null,
    })
  })

  it('never lets a field stand in for its own head', () => {
    const { lines, log } = open()
    log.info('real', { event: 'forged', level: 'debug', agent: 'ledger/main', time: 'x' })
    expect(fieldsOf(lines[0])).toMatchObject({ event: 'real', level: 'info', agent: 'edge/w0' })
  })

  it.each(['\u001b[31mred', 'a\nb', '\u202Eevil', '\u0000', '\u009b2J', '\ud800'])(
    'escapes attacker text %j',
    (text) => {
      const { lines, log } = open()
      log.info('request', { text, nested: { [text]: [text] } })
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|[\ud800-\udfff]/)
      expect(lines).toHaveLength(1)
    },
  )

  it('cuts long text, long lists and deep objects', () => {
    const { lines, log } = open()
    const deep = { a: { b: { c: { d: { e: 1 } } } } }
    log.info('request', { text: 'x'.repeat(10_000), list: Array(1000).fill(1), deep })
    expect(lines[0]?.length).toBeLessThan(1500)
  })

  it('shows errors with code and cause, without a stack', () => {
    const { lines, log } = open()
    const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'ENOSPC' })
    log.error('failed', { error })
    expect(fieldsOf(lines[0])['error']).toEqual({
      name: 'Error',
      message: 'outer',
      code: 'ENOSPC',
      cause: { name: 'Error', message: 'inner' },
    })
  })

  it('never throws, whatever it is given', () => {
    const { log, lines } = open()
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const hostile = {
      get trap(): never {
        throw new Error('a getter')
      },
    }
    expect(() => log.info('a', { circular, big: 1n, symbol: Symbol('s'), run: () => 1 })).not.toThrow()
    expect(() => log.info('b', hostile)).not.toThrow()
    expect(lines).toHaveLength(1)
  })

  it('leaves out levels below its own', () => {
    const { lines, log } = open('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines.map((line) => fieldsOf(line)['event'])).toEqual(['c', 'd'])
  })

  it('bounds the lines of one name a minute and tells how many were left out', () => {
    const { lines, clock, log } = open()
    for (let n = 0; n < maxLogLinesPerMinute + 40; n += 1) log.warn('flood')
    log.warn('other')
    expect(lines).toHaveLength(maxLogLinesPerMinute + 1)
    clock.advance(60_000)
    log.warn('flood')
    expect(fieldsOf(lines.at(-1))).toMatchObject({ event: 'flood', suppressed: 40 })
  })
})
