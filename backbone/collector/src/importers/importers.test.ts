import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createRedactor, decodeEvent, foreignModules, sealDraft } from '@sevenfold/event'
import { importDraft, maxAheadMs } from './import-draft.ts'
import { ImportError } from './importer.ts'
import type { ReadLine } from './importer.ts'
import { findImporter, importers } from './importers.ts'

const folder = new URL('../../testdata/importers/', import.meta.url)
const now = Date.parse('2026-01-31T12:30:00.000Z')
const context = {
  source: 'test',
  now: () => now,
  newId: () => '0190b1f2-0000-7000-8000-000000000000',
  redactor: createRedactor(Buffer.alloc(32, 7)),
}

function drafts(lines: readonly string[], read: ReadLine): readonly unknown[] {
  return lines.flatMap((line) => {
    const imported = read(line)
    return imported === undefined ? [] : [importDraft(imported, context)]
  })
}

const openImporter = (name: string): ReadLine => findImporter(name)?.open() ?? (() => undefined)
const sampleLines = (name: string): readonly string[] =>
  readFileSync(new URL(`${name}.txt`, folder), 'utf8')
    .trimEnd()
    .split('\n')

describe.each(importers.map(({ name }) => [name] as const))('lines of %s', (name) => {
  it('become the ECS events that are kept beside them', () => {
    const golden = new URL(`${name}.json`, folder)
    const found = drafts(sampleLines(name), openImporter(name))
    const text = `${JSON.stringify(found, undefined, 2)}\n`
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(golden, text)
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : '').toBe(text)
  })

  it('give events that every reader of the ledger accepts, without secrets', () => {
    for (const draft of drafts(sampleLines(name), openImporter(name))) {
      const event = sealDraft(
        draft as Parameters<typeof sealDraft>[0],
        { id: 'collector/main', ephemeral_id: 'e' },
        1,
      )
      expect(decodeEvent(JSON.stringify(event))).toMatchObject({ ok: true })
      expect(JSON.stringify(event)).not.toMatch(/geheim|4111 1111/)
    }
  })

  it('may be anything: what is not of the form is refused with a reason, and nothing crashes', () => {
    const lines = sampleLines(name)
    const mutated = fc
      .tuple(fc.constantFrom(...lines), fc.nat(400), fc.string({ maxLength: 12 }), fc.nat(30))
      .map(([line, at, text, cut]) => line.slice(0, at) + text + line.slice(at + cut))
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ maxLength: 200 })), (line) => {
        try {
          for (const draft of drafts([line], openImporter(name))) {
            const event = sealDraft(
              draft as Parameters<typeof sealDraft>[0],
              { id: 'a', ephemeral_id: 'e' },
              1,
            )
            expect(decodeEvent(JSON.stringify(event))).toMatchObject({ ok: true })
          }
        } catch (error) {
          if (!(error instanceof ImportError)) throw error
          expect(error.message).not.toBe('')
        }
      }),
      { numRuns: 300 },
    )
  })
})

it('every importer has its place in the vocabulary', () => {
  expect(importers.map(({ name }) => name)).toEqual([...foreignModules])
})

describe('the time of an event', () => {
  const at = (timeMs: number | undefined): unknown => {
    const imported = {
      timeMs,
      dataset: 'syslog.message',
      event: { category: [], type: [], action: 'x' },
      fields: {},
    }
    return importDraft(imported, context)
  }
  it('is that of reading when the line has none', () => {
    expect(at(undefined)).toMatchObject({ '@timestamp': new Date(now).toISOString() })
  })
  it('is believed up to a day ahead, and no further', () => {
    expect(at(now + maxAheadMs)).toMatchObject({ '@timestamp': new Date(now + maxAheadMs).toISOString() })
    expect(at(now + maxAheadMs + 1)).toMatchObject({
      '@timestamp': new Date(now).toISOString(),
      tags: ['time-in-future'],
    })
  })
})

it('tab-separated lines of Zeek need their headers and as many columns', () => {
  const read = openImporter('zeek')
  expect(() => read('1769860803.25\tC1')).toThrow('before its #fields')
  read('#fields\tts\tuid')
  expect(read('1769860803.25\tC1')).toMatchObject({ timeMs: 1_769_860_803_250 })
  expect(() => read('1769860803.25\tC1\tmore')).toThrow('columns')
})

describe('records of auditd', () => {
  const read = openImporter('auditd')
  const record = (type: string, text: string): unknown =>
    read(`type=${type} msg=audit(1769860802.000:1): ${text}`)

  it('decode bare values and leave quoted ones as they are, although they look encoded', () => {
    expect(record('SYSCALL', 'pid=1 comm="CAFE" exe=2F746D702F6120622E7368 key=6B31')).toMatchObject({
      fields: { process: { name: 'CAFE', executable: '/tmp/a b.sh' }, rule: { name: 'k1' } },
    })
    expect(record('EXECVE', 'argc=2 a0="BEEF" a1=6563686F206869')).toMatchObject({
      fields: { process: { args: ['BEEF', 'echo hi'], command_line: 'BEEF echo hi' } },
    })
  })
  it('take the names that the daemon adds', () => {
    const text = 'uid=1000 comm="cat" key=(null)\x1dARCH=x86_64 SYSCALL=openat AUID="ann" UID="ann"'
    expect(record('SYSCALL', text)).toMatchObject({ fields: { user: { id: '1000', name: 'ann' } } })
  })
})
