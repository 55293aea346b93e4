import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readState, writeState } from './state-file.ts'
import type { SupervisorState } from './state-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const state: SupervisorState = {
  v: 1,
  pid: process.pid,
  started: '2026-01-01T00:00:00.000Z',
  demo: false,
  parts: [
    { name: 'edge', state: 'ready', pid: 1, restarts: 0, listening: [{ name: 'site', url: 'http://a' }] },
  ],
}
const path = (): string => join(folder, 'supervisor', 'state.json')

describe('state file', () => {
  it("is read as it was written, and is its owner's alone", () => {
    writeState(folder, state)
    expect(readState(folder)).toEqual(state)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  it('says nothing when there is none, when it is damaged, or when its supervisor is gone', () => {
    expect(readState(folder)).toBeUndefined()
    mkdirSync(join(folder, 'supervisor'))
    for (const text of ['', '{', '[]', '{"v":2}', 'null']) {
      writeFileSync(path(), text)
      expect(readState(folder), text).toBeUndefined()
    }
    // No system gives out this process id.
    writeState(folder, { ...state, pid: 2 ** 30 })
    expect(readState(folder)).toBeUndefined()
  })
})
