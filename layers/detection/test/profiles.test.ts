import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, startHouse } from './house.ts'
import type { House } from './house.ts'

let folder: TemporaryFolder
let house: House | undefined
let file: string
beforeEach(() => {
  folder = createTemporaryFolder()
  file = join(folder.path, 'profiles.yaml')
})
afterEach(async () => {
  await house?.stop()
  house = undefined
  folder.remove()
})

const good = (duration: string): string =>
  `name: mine\nfilters:\n - Alert.Remediation == true\ndecisions:\n - type: captcha\n   duration: ${duration}\n`
const alert = {
  scenario: 'test/one',
  message: '',
  start_at: '2026-11-21T00:00:00Z',
  stop_at: '2026-11-21T00:00:01Z',
  remediation: true,
}

/** What an alert on an address leads to. */
async function decided(value: string): Promise<unknown> {
  const socket = house?.socket ?? ''
  const body = [{ ...alert, source: { scope: 'Ip', value } }]
  await ask(socket, { method: 'POST', path: '/v1/alerts', body })
  const answer = await ask(socket, { path: `/v1/decisions?value=${value}` })
  return (JSON.parse(answer.body) as { type: string }[]).map(({ type }) => type)
}

/** Texts of all events that were written to the spool, as they lie there. */
function spooled(): string {
  const spool = join(folder.path, 'detection', 'spool')
  return readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

describe('profiles of a running layer', () => {
  it.each([
    ['no YAML', 'name: [one\n', /profiles\.yaml:\d+:\d+: /],
    ['an unknown key', `${good('1h')}whatever: 1\n`, /profiles\.yaml:7:1: unknown key whatever/],
    ['an expression that does not compile', good('1h').replace('== true', '=='), /profiles\.yaml:3:4: /],
    ['a duration that is none', good('soon'), /profiles\.yaml:6:14: a duration such as 4h/],
    ['no profile', '# nothing\n', /profiles\.yaml:1:1: no profile in it/],
  ])('that were never good keep it from starting: %s', async (_what, text, message) => {
    writeFileSync(file, text)
    await expect(startHouse(folder.path, { profiles: file })).rejects.toThrow(message)
    // Mended, it starts on the same data folder.
    writeFileSync(file, good('1h'))
    house = await startHouse(folder.path, { profiles: file })
    expect(await decided('198.18.0.1')).toEqual(['captcha'])
  })

  it('that break later leave the last good ones in force, with an event of high severity', async () => {
    writeFileSync(file, good('1h'))
    house = await startHouse(folder.path, { profiles: file })
    expect(await decided('198.18.0.1')).toEqual(['captcha'])
    await house.stop()
    writeFileSync(file, 'name: [one\n')
    house = await startHouse(folder.path, { profiles: file })
    expect(await decided('198.18.0.2')).toEqual(['captcha'])
    expect(house.log.lines.some((line) => JSON.stringify(line).includes('profiles-not-loaded'))).toBe(true)
    await house.stop()
    house = undefined
    expect(spooled()).toMatch(/profiles-not-loaded[^\n]*the last good profiles stay in force/)
  })
})
