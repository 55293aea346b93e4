import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isJournalFilter, JournalSource } from '@sevenfold/intake'
import type { JournalOptions } from '@sevenfold/intake'
import { createFakeJournal, createTemporaryFolder } from '@sevenfold/testkit'
import type { FakeJournal, TemporaryFolder } from '@sevenfold/testkit'
import { systemClock } from '@sevenfold/layer'
import { createTaker, eventually } from './eventually.ts'
import type { Taker } from './eventually.ts'
import { readJournalEntry } from '../src/journal/journal-entry.ts'

let folder: TemporaryFolder
let journal: FakeJournal
let taker: Taker
const open: JournalSource[] = []

beforeEach(() => {
  folder = createTemporaryFolder()
  journal = createFakeJournal(folder.path)
  taker = createTaker()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((source) => source.close()))
  folder.remove()
})

async function follow(change: Partial<JournalOptions> = {}): Promise<JournalSource> {
  const source = new JournalSource({
    filters: [],
    positionPath: join(folder.path, 'cursor'),
    onLines: taker.take,
    clock: systemClock,
    program: journal.program,
    ...change,
  })
  open.push(source)
  await source.start()
  return source
}

const entry = (message: unknown, more: object = {}): Record<string, unknown> => ({
  __REALTIME_TIMESTAMP: '1767323045000006',
  _HOSTNAME: 'web1',
  SYSLOG_IDENTIFIER: 'sshd',
  _PID: '42',
  MESSAGE: message,
  _SYSTEMD_UNIT: 'ssh.service',
  ...more,
})

describe('an entry of the journal', () => {
  const read = (fields: object): string | undefined =>
    readJournalEntry(JSON.stringify({ __CURSOR: 'c', ...fields }))?.text

  it('becomes a line as a syslog daemon writes it', () => {
    expect(read(entry('Failed password for root'))).toBe(
      '2026-01-02T03:04:05.000006+00:00 web1 sshd[42]: Failed password for root',
    )
    expect(read(entry('x', { _SOURCE_REALTIME_TIMESTAMP: '1767323046123456', SYSLOG_PID: '7' }))).toBe(
      '2026-01-02T03:04:06.123456+00:00 web1 sshd[7]: x',
    )
  })

  it('stays one line whatever its message holds', () => {
    expect(read(entry('a\nNov 1 00:00:00 web1 sshd[1]: Accepted password for root'))).toBe(
      '2026-01-02T03:04:05.000006+00:00 web1 sshd[42]: a Nov 1 00:00:00 web1 sshd[1]: Accepted password for root',
    )
    expect(read(entry('x', { SYSLOG_IDENTIFIER: 'a b' }))).toContain(' a_b[42]: x')
  })

  it('is read where fields are bytes, lists, null or missing', () => {
    expect(read(entry([104, 105, 255]))).toContain(': hi\ufffd')
    expect(read(entry(['first', 'second']))).toContain(': first')
    expect(read(entry(null))).toMatch(/: $/)
    expect(read({})).toBe('1970-01-01T00:00:00.000000+00:00 localhost unknown: ')
    expect(readJournalEntry('{')).toBeUndefined()
    expect(readJournalEntry('{"MESSAGE":"no cursor"}')).toBeUndefined()
  })
})

describe('following the journal', () => {
  it('leaves out what is old, gives what comes, and goes on there after a restart', async () => {
    journal.write(entry('old'))
    const first = await follow()
    journal.write(entry('one'), entry('two'))
    await eventually('two lines', () => taker.texts.length === 2)
    await first.close()
    journal.write(entry('three'))
    await follow()
    await eventually('the third', () => taker.texts.length === 3)
    expect(taker.texts.map((text) => text.split(': ')[1])).toEqual(['one', 'two', 'three'])
    expect(taker.from[0]).toBe('ssh.service')
    expect(first.counters()).toEqual({ lines: 2, dropped: 0 })
  })

  it('leaves nothing out when it is stopped before its first line', async () => {
    journal.write(entry('old'))
    const first = await follow()
    await first.close()
    journal.write(entry('between'))
    await follow()
    await eventually('the line', () => taker.texts.length === 1)
    expect(taker.texts[0]).toContain('between')
  })

  it('gives lines again that were not taken', async () => {
    journal.write(entry('old'))
    taker.refuseNext()
    const errors: unknown[] = []
    await follow({ onError: (error) => errors.push(error) })
    journal.write(entry('one'))
    await eventually('the line, by a new process', () => taker.texts.length === 1)
    expect(errors).toHaveLength(1)
  })

  it('reads nothing more while lines are being taken', async () => {
    journal.write(entry('old'))
    const release = taker.hold()
    const source = await follow()
    journal.write(entry('one'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(source.counters().lines).toBe(0)
    expect(readFileSync(join(folder.path, 'cursor'), 'utf8')).toBe('s=1;i=1\n')
    release()
    await eventually('the line', () => taker.texts.length === 1)
  })

  it('counts what is no entry, and takes a damaged cursor for none', async () => {
    journal.write(entry('old'))
    writeFileSync(join(folder.path, 'cursor'), '--after-cursor=$(x)\n')
    const source = await follow()
    journal.writeRaw('no json\n')
    journal.write(entry('one'))
    await eventually('the line', () => taker.texts.length === 1)
    expect(source.counters().dropped).toBe(1)
  })

  it('reports a program that is not there, and goes on trying', async () => {
    const errors: unknown[] = []
    await follow({ program: ['/nonexistent/journalctl'], onError: (error) => errors.push(error) })
    await eventually('an error', () => errors.length > 0)
    expect(existsSync(join(folder.path, 'cursor'))).toBe(false)
  })

  it('takes matches and a few options for filters, and nothing that could do more', () => {
    for (const filter of ['_SYSTEMD_UNIT=sshd.service', '+', '--unit=ssh', '--identifier=sshd', '--user'])
      expect(isJournalFilter(filter)).toBe(true)
    for (const filter of [
      '--file=/etc/passwd',
      '--output=cat',
      '-D/x',
      '--vacuum-size=1',
      '--root=/x',
      'lower=x',
      '--setup-keys',
      '',
    ])
      expect(isJournalFilter(filter)).toBe(false)
    expect(
      () =>
        new JournalSource({
          filters: ['--rotate'],
          positionPath: 'x',
          onLines: taker.take,
          clock: systemClock,
        }),
    ).toThrow(RangeError)
  })
})
